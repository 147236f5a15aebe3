package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.spring.GroupTemplates;
import io.github.errgroup.spring.autoconfigure.ErrGroupProperties.SingletonUse;

/** Makes the prototype beans: groups that open at their first use, and are templates while a bean that threads share holds them. */
final class ErrGroupPrototypes {
    private final GroupTemplates templates;
    private final SharedOwners owners;
    private final SingletonUse use;

    ErrGroupPrototypes(GroupTemplates templates, SharedOwners owners, SingletonUse use) {
        this.templates = templates;
        this.owners = owners;
        this.use = use;
    }

    /** The factory method of the named prototypes' bean definitions, which know it by its name. */
    ErrGroup create(String name) {
        SingletonGuard guard = new SingletonGuard(name, use);
        ErrGroup group = FrameworkAccess.openLazily(() -> templates.optionsFor(name), guard);
        owners.made(group, guard);
        return group;
    }
}
