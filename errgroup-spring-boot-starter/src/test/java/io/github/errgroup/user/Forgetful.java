package io.github.errgroup.user;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;

/** Code of a user, who opens groups and leaves closing them to somebody else. In a package that is not the library's. */
public class Forgetful {
    public static ErrGroup open(ErrGroups groups, String name, boolean captureOpener) {
        return groups.open(name, o -> o.captureOpener(captureOpener));
    }

    public ErrGroup openAsBean(ErrGroups groups, String name) {
        return groups.open(name);
    }
}
