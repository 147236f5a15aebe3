package io.github.errgroup.spring.actuate.endpoint;

import java.util.Map;

/**
 * The body of {@code POST /actuator/errgroups/{name}}, by its keys, as it came.
 *
 * @param body keys and values; none of them optional parameters of the operation, since Boot 3 and 4 know those by
 *     different annotations
 */
record RequestedSettings(Map<String, Object> body) {}
