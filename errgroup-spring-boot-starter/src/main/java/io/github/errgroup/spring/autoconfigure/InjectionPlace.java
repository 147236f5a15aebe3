package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ErrGroup;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Where in a bean an injected group is: the field that holds it, else a parameter that such a group came through.
 *
 * @param description the field or parameter, in words
 * @param optional whether it is an {@code Optional}, which Spring does not record as a dependency
 */
record InjectionPlace(String description, boolean optional) {
    private static final String UNKNOWN = "place unknown";

    /** The place of a group in a bean whose injection is over. */
    static InjectionPlace of(ErrGroup group, Object bean, @Nullable Method factoryMethod) {
        Class<?> type = ClassUtils.getUserClass(bean);
        InjectionPlace place = field(group, bean, type);
        if (place == null && factoryMethod != null) {
            place = parameter(factoryMethod, "method " + factoryMethod.getName());
        }
        if (place == null) {
            place = constructorParameter(type);
        }
        if (place == null) {
            place = methodParameter(type);
        }
        return place != null ? place : new InjectionPlace(UNKNOWN, false);
    }

    private static @Nullable InjectionPlace field(ErrGroup group, Object bean, Class<?> type) {
        for (Class<?> declaring = type; declaring != null; declaring = declaring.getSuperclass()) {
            for (Field field : declaring.getDeclaredFields()) {
                ResolvableType fieldType = ResolvableType.forField(field, type);
                if (!Modifier.isStatic(field.getModifiers()) && holdsGroups(fieldType) && holds(field, bean, group)) {
                    return new InjectionPlace("field '" + field.getName() + "'", isOptional(fieldType));
                }
            }
        }
        return null;
    }

    private static boolean holds(Field field, Object bean, ErrGroup group) {
        try {
            ReflectionUtils.makeAccessible(field);
            return contains(ReflectionUtils.getField(field, bean), group);
        } catch (RuntimeException closedToUs) {
            // A module that is not open to us, or a native image without a hint: the parameters are looked at instead.
            return false;
        }
    }

    private static boolean contains(@Nullable Object value, ErrGroup group) {
        if (value instanceof Collection<?> collection) {
            return collection.stream().anyMatch(element -> element == group);
        }
        if (value instanceof Map<?, ?> map) {
            return contains(map.values(), group);
        }
        if (value instanceof Object[] array) {
            return contains(Arrays.asList(array), group);
        }
        return value == group || (value instanceof Optional<?> optional && optional.orElse(null) == group);
    }

    private static @Nullable InjectionPlace constructorParameter(Class<?> type) {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            InjectionPlace place = parameter(constructor, "the constructor");
            if (place != null) {
                return place;
            }
        }
        return null;
    }

    private static @Nullable InjectionPlace methodParameter(Class<?> type) {
        for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type)) {
            InjectionPlace place = parameter(method, "method " + method.getName());
            if (place != null) {
                return place;
            }
        }
        return null;
    }

    private static @Nullable InjectionPlace parameter(Executable executable, String description) {
        Parameter[] parameters = executable.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            ResolvableType type = ResolvableType.forMethodParameter(MethodParameter.forExecutable(executable, i));
            if (holdsGroups(type)) {
                String name = parameters[i].isNamePresent() ? "'" + parameters[i].getName() + "'" : String.valueOf(i);
                return new InjectionPlace("parameter " + name + " of " + description, isOptional(type));
            }
        }
        return null;
    }

    /** Whether groups are injected into such a place; not so for an ObjectProvider, which gives one at each call. */
    private static boolean holdsGroups(ResolvableType type) {
        Class<?> raw = type.toClass();
        if (raw == ErrGroup.class) {
            return true;
        }
        if (type.isArray()) {
            return holdsGroups(type.getComponentType());
        }
        boolean container = Collection.class.isAssignableFrom(raw)
                || raw == Iterable.class
                || Map.class.isAssignableFrom(raw)
                || raw == Optional.class;
        return container && Arrays.stream(type.getGenerics()).anyMatch(InjectionPlace::holdsGroups);
    }

    private static boolean isOptional(ResolvableType type) {
        return type.toClass() == Optional.class;
    }
}
