package io.github.errgroup.slice;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application of which a test takes a slice. */
@SpringBootApplication
class SliceApplication {}
