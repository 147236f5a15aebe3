package io.github.errgroup.sample.page;

import io.github.errgroup.sample.Requirement;

/** For tests in a browser. */
final class RequiresChromium extends Requirement {
    RequiresChromium() {
        super("chromium and chromedriver, on the PATH or named by CHROMIUM and CHROMEDRIVER");
    }

    @Override
    protected boolean isMet() {
        return Chromium.isInstalled();
    }
}
