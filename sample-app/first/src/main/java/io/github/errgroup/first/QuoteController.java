package io.github.errgroup.first;

import io.github.errgroup.ErrGroupException;
import io.github.errgroup.first.QuoteService.Quote;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
class QuoteController {
    private final QuoteService quotes;

    QuoteController(QuoteService quotes) {
        this.quotes = quotes;
    }

    @GetMapping("/quotes/{sku}")
    Quote quote(@PathVariable String sku) throws InterruptedException {
        return quotes.quote(sku);
    }

    @ExceptionHandler
    ProblemDetail failed(ErrGroupException e) {
        ProblemDetail problem = ProblemDetail.forStatus(HttpStatus.BAD_GATEWAY);
        problem.setProperty("task", e.task()); // the one that failed first; null past the deadline
        return problem;
    }
}
