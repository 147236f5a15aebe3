package io.github.errgroup;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@link ErrGroups} without a framework: one set of settings for every name. */
final class PlainErrGroups implements ErrGroups {
    private final ErrGroupOptions settings;

    private final Set<ErrGroup> live = ConcurrentHashMap.newKeySet();

    private final GroupListener.Factory tracker = Live::new;

    /** A group among the live ones. */
    private final class Live implements GroupListener {
        private final ErrGroup group;

        Live(ErrGroup group) {
            this.group = group;
        }

        @Override
        public void onOpen() {
            live.add(group);
        }

        @Override
        public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
            live.remove(group);
        }
    }

    PlainErrGroups(ErrGroupOptions settings) {
        this.settings = Objects.requireNonNull(settings, "settings");
    }

    @Override
    public ErrGroup open() {
        return tracked(settings.toBuilder());
    }

    @Override
    public ErrGroup open(String name, Consumer<ErrGroupOptions.Builder> changes) {
        Objects.requireNonNull(changes, "changes");
        ErrGroupOptions.Builder options = settings.toBuilder().name(name);
        changes.accept(options);
        return tracked(options);
    }

    /** The listener comes last, so that code that replaces the listeners cannot lose it. */
    private ErrGroup tracked(ErrGroupOptions.Builder options) {
        return ErrGroup.open(options.listener(tracker).build());
    }

    @Override
    public List<ErrGroup> live() {
        return List.copyOf(live);
    }
}
