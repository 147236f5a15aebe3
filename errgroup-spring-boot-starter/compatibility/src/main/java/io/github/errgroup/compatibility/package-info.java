/** An application that uses the starter as a user would, and nothing that only one Spring Boot has. */
package io.github.errgroup.compatibility;
