package io.github.errgroup.spring;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** {@link ErrGroups} tuned by properties. */
final class TunedErrGroups implements ErrGroups {
    private final GroupTemplates templates;
    private final ErrGroupRegistry registry;

    TunedErrGroups(GroupTemplates templates, ErrGroupRegistry registry) {
        this.templates = templates;
        this.registry = registry;
    }

    @Override
    public ErrGroup open() {
        return open(ErrGroupRegistry.DEFAULT_NAME);
    }

    @Override
    public ErrGroup open(String name) {
        return ErrGroup.open(templates.optionsFor(Objects.requireNonNull(name, "name")));
    }

    @Override
    public ErrGroup open(String name, Consumer<ErrGroupOptions.Builder> changes) {
        return ErrGroup.open(
                templates.optionsFor(Objects.requireNonNull(name, "name"), Objects.requireNonNull(changes, "changes")));
    }

    @Override
    public List<ErrGroup> live() {
        return registry.live();
    }
}
