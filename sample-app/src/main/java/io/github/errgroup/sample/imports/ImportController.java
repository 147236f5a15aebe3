package io.github.errgroup.sample.imports;

import io.github.errgroup.ErrGroupException;
import io.github.errgroup.sample.web.BadInputException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /imports}. */
@RestController
@RequestMapping("/imports")
class ImportController {
    private static final Logger log = LoggerFactory.getLogger(ImportController.class);

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

    private final ImportService service;

    private final ImportLog imports;

    private final ProductStore products;

    ImportController(ImportService service, ImportLog imports, ProductStore products) {
        this.service = service;
        this.imports = imports;
        this.products = products;
    }

    /**
     * Imports the body, and answers when the import has ended, since only then it is known whether there is a bad row. A
     * client that wants to watch or cancel the import meanwhile chooses its id.
     */
    @PostMapping(consumes = "text/csv")
    ResponseEntity<ImportView> run(@RequestParam(required = false) @Nullable String id, HttpServletRequest request)
            throws IOException, InterruptedException {
        if (id != null && !ID.matcher(id).matches()) {
            throw new BadInputException("id", id, "must be 1 to 64 letters, digits or hyphens");
        }
        String name = id == null ? UUID.randomUUID().toString() : id;
        ImportView done = service.run(name, request.getInputStream());
        return ResponseEntity.created(URI.create("/imports/" + name)).body(done);
    }

    @GetMapping
    All all() {
        return new All(products.count(), imports.views());
    }

    @GetMapping("/{id}")
    ImportView one(@PathVariable String id) {
        return find(id).view();
    }

    /** Cancels an import: nothing of it is saved. No effect if it has ended. */
    @DeleteMapping("/{id}")
    ImportView cancel(@PathVariable String id) {
        Import found = find(id);
        found.cancel();
        return found.view();
    }

    private Import find(String id) {
        Import found = imports.find(id);
        if (found == null) {
            throw BadInputException.notFound("id", id, "must be the id of one of the last imports");
        }
        return found;
    }

    @ExceptionHandler
    ProblemDetail failed(ErrGroupException e) {
        return switch (e.reason()) {
            case FAILURE -> failed(e, e.getCause());
            case TIMEOUT -> problem(HttpStatus.GATEWAY_TIMEOUT, "the deadline passed");
            case EXPLICIT -> problem(HttpStatus.CONFLICT, "the import was cancelled");
            default -> problem(HttpStatus.SERVICE_UNAVAILABLE, "the application is stopping");
        };
    }

    private static ProblemDetail failed(ErrGroupException e, @Nullable Throwable first) {
        if (first instanceof BadRowException bad) {
            ProblemDetail problem = problem(HttpStatus.UNPROCESSABLE_CONTENT, String.valueOf(bad.getMessage()));
            problem.setTitle("Bad row, nothing imported");
            problem.setProperty("line", bad.line());
            problem.setProperty("column", bad.column());
            problem.setProperty("value", bad.value());
            problem.setProperty("rule", bad.rule());
            return problem;
        }
        if (first instanceof IOException) {
            return problem(HttpStatus.BAD_REQUEST, "body: must be sent to its end without a pause");
        }
        log.error("an import failed", e);
        return problem(HttpStatus.INTERNAL_SERVER_ERROR, "an unexpected error, which is in the log");
    }

    private static ProblemDetail problem(HttpStatus status, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setTitle("Nothing was imported");
        return problem;
    }

    /** The last imports, and how many products there are. */
    record All(long products, List<ImportView> imports) {}
}
