package io.github.errgroup.spring.actuate.endpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationArgumentResolver;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;

/**
 * Hands the whole body of a request to the endpoint's write operation as one argument. Actuator itself gives each key
 * to a parameter of that name, and {@code shared-limit} is no name in Java.
 */
public final class RequestedSettingsAdvisor implements OperationInvokerAdvisor {
    private static final EndpointId ENDPOINT = EndpointId.of(ErrGroupsEndpoint.ID);

    /** An advisor of this endpoint alone. */
    public RequestedSettingsAdvisor() {}

    @Override
    public OperationInvoker apply(
            EndpointId endpointId,
            OperationType operationType,
            OperationParameters parameters,
            OperationInvoker invoker) {
        if (!endpointId.equals(ENDPOINT) || operationType != OperationType.WRITE) {
            return invoker;
        }
        return context -> invoker.invoke(withBody(context));
    }

    private static InvocationContext withBody(InvocationContext context) {
        Map<String, Object> body = new LinkedHashMap<>(context.getArguments());
        body.remove(ErrGroupsEndpoint.SELECTOR);
        RequestedSettings requested = new RequestedSettings(body);
        return new InvocationContext(
                Objects.requireNonNullElse(context.resolveArgument(SecurityContext.class), SecurityContext.NONE),
                context.getArguments(),
                OperationArgumentResolver.of(RequestedSettings.class, () -> requested));
    }
}
