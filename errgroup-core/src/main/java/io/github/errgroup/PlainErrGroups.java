package io.github.errgroup;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@link ErrGroups} without a framework: one set of settings for every name. */
final class PlainErrGroups implements ErrGroups {
    private final ErrGroupOptions settings;

    private final Set<ErrGroup> live = ConcurrentHashMap.newKeySet();

    PlainErrGroups(ErrGroupOptions settings) {
        this.settings = settings.listener(new GroupListener() {
            @Override
            public void onOpen(ErrGroup group) {
                live.add(group);
            }

            @Override
            public void onEnd(ErrGroup group, GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
                live.remove(group);
            }
        });
    }

    @Override
    public ErrGroup open() {
        return ErrGroup.open(settings);
    }

    @Override
    public ErrGroup open(String name, UnaryOperator<ErrGroupOptions> changes) {
        return ErrGroup.open(Objects.requireNonNull(changes.apply(settings.name(name)), "options"));
    }

    @Override
    public List<ErrGroup> live() {
        return List.copyOf(live);
    }
}
