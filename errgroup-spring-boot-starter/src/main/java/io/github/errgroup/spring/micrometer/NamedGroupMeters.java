package io.github.errgroup.spring.micrometer;

import io.github.errgroup.GroupListener;
import io.github.errgroup.spring.ClusterLimit;
import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.ErrGroupSettings;
import io.github.errgroup.spring.NamedGroupListeners;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Makes the meters of each name; they leave the registry when the application is closed, or fails to start. */
public final class NamedGroupMeters implements NamedGroupListeners, AutoCloseable {
    private static final Log logger = LogFactory.getLog(NamedGroupMeters.class);

    private final ErrGroupRegistry groups;

    private final MeterLease meters;

    /**
     * Meters of one application.
     *
     * @param registry where meters are registered
     * @param groups tells the limits that hold now
     */
    public NamedGroupMeters(MeterRegistry registry, ErrGroupRegistry groups) {
        this.groups = groups;
        this.meters = new MeterLease(registry);
        if (registry.isClosed()) {
            logger.warn(
                    "The MeterRegistry " + registry + " is closed, perhaps together with an application that used it"
                            + " before: groups are counted nowhere. Give this application a MeterRegistry of its own");
        }
    }

    @Override
    public GroupListener.Factory listenersFor(String name, ErrGroupSettings settings) {
        int before = meters.gaugesOfOthers().size();
        GroupMeters listener = new GroupMeters(
                meters,
                name,
                () -> groups.settings(name).options().limit(),
                () -> groups.sharedLimit(name).limit());
        ClusterLimit cluster = groups.clusterLimit(name);
        if (cluster != null) {
            ClusterMeters.register(meters, name, cluster);
        }
        List<Meter.Id> notShown = meters.gaugesOfOthers();
        if (notShown.size() > before) {
            logger.warn("Group '" + name + "': the gauges " + names(notShown.subList(before, notShown.size()))
                    + " were in the MeterRegistry before, and show the values of whoever registered them, not this"
                    + " application's. Give this application a MeterRegistry of its own");
        }
        return listener;
    }

    private static Set<String> names(List<Meter.Id> ids) {
        return ids.stream().map(Meter.Id::getName).collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public void close() {
        meters.close();
    }
}
