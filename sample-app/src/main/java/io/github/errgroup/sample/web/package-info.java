/** What the scenarios have in common on the web: every refusal is problem+json that names value and rule. */
@NullMarked
package io.github.errgroup.sample.web;

import org.jspecify.annotations.NullMarked;
