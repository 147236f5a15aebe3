/** What the controllers share: refusals as problem+json that name value and rule, the check of requests, event streams. */
@NullMarked
package io.github.errgroup.sample.web;

import org.jspecify.annotations.NullMarked;
