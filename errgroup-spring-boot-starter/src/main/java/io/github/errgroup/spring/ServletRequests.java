package io.github.errgroup.spring;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Servlet requests: Spring tells on which threads it runs a handler or a filter, Spring MVC's asynchronous ones too. Of
 * those it does not tell when they were handled.
 */
final class ServletRequests implements GroupDrain.Requests {
    private static final String HANDLED = ServletRequests.class.getName();

    @Override
    public @Nullable CountDownLatch current() {
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        if (request == null) {
            return null;
        }
        try {
            Object known = request.getAttribute(HANDLED, RequestAttributes.SCOPE_REQUEST);
            if (known instanceof CountDownLatch handled) {
                return handled;
            }
            CountDownLatch handled = new CountDownLatch(1);
            request.setAttribute(HANDLED, handled, RequestAttributes.SCOPE_REQUEST);
            request.registerDestructionCallback(HANDLED, handled::countDown, RequestAttributes.SCOPE_REQUEST);
            return handled;
        } catch (IllegalStateException over) {
            return null; // somebody works on after the request was answered
        }
    }
}
