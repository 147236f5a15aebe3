package io.github.errgroup.spring;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupClock;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.spring.GroupAccount.GroupOverride;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Every group name of the application, with its settings, its live groups and what an operator has overridden: what
 * meters, traces and endpoints ask.
 *
 * <p>A name is known if it is configured ({@code errgroup.groups.<name>}), is {@value #DEFAULT_NAME}, or is one of the
 * first 100 others that were opened; groups of further names are accounted under
 * {@value #DEFAULT_NAME}, so that {@code open(sku)} fills no memory.
 *
 * <p>Thread-safe. Reading never holds up a group.
 */
public final class ErrGroupRegistry {
    /** The name under which groups without settings of their own are accounted. No group can be configured under it. */
    public static final String DEFAULT_NAME = "default";

    /** How many names without settings of their own are known one by one. */
    static final int MAX_UNCONFIGURED = 100;

    private static final Log logger = LogFactory.getLog(ErrGroupRegistry.class);

    private final Map<String, GroupAccount> configured = new LinkedHashMap<>();

    private final Map<String, GroupAccount> unconfigured = new ConcurrentHashMap<>();

    private final AtomicInteger unconfiguredLeft = new AtomicInteger(MAX_UNCONFIGURED);

    private final Function<String, ConfiguredGroup> settingsByName;

    private final GroupAccount defaults;

    private final GroupDrain drain;

    /** Null where nobody wants a report. */
    private final @Nullable LeakWatch leaks;

    /**
     * A registry.
     *
     * @param names the configured names
     * @param settingsByName the settings of a name, configured or not
     * @param leakThreshold how long a group without a live task may be open before it is reported; -1s for ever
     * @param classLoader tells whether there are web requests; null for the default one
     */
    public ErrGroupRegistry(
            Collection<String> names,
            Function<String, ConfiguredGroup> settingsByName,
            Duration leakThreshold,
            @Nullable ClassLoader classLoader) {
        this.drain = new GroupDrain(GroupDrain.Requests.knownTo(classLoader));
        this.settingsByName = settingsByName;
        PropertyRules.check(
                "errgroup.leak.threshold", leakThreshold, PropertyRules.brokenByLeakThreshold(leakThreshold));
        this.leaks = leakThreshold.equals(PropertyRules.NO_REPORT)
                ? null
                : new LeakWatch(this::live, leakThreshold, GroupClock.system(), LeakWatch::onThreadOfItsOwn);
        this.defaults = account(DEFAULT_NAME, DEFAULT_NAME);
        for (String name : names) {
            configured.put(name, account(name, name));
        }
    }

    private GroupAccount account(String name, String meterName) {
        return new GroupAccount(meterName, settingsByName.apply(name), drain, leaks == null ? () -> {} : leaks::opened);
    }

    /** The account of a group of this name; makes one while there is room. */
    GroupAccount account(String name) {
        GroupAccount account = find(name);
        if (account != null) {
            return account;
        }
        if (unconfiguredLeft.get() <= 0) {
            return defaults;
        }
        GroupAccount first = unconfigured.computeIfAbsent(name, this::firstOfItsName);
        return first != null ? first : defaults;
    }

    private @Nullable GroupAccount find(String name) {
        GroupAccount account = configured.get(name);
        if (account == null) {
            account = name.equals(DEFAULT_NAME) ? defaults : unconfigured.get(name);
        }
        return account;
    }

    private @Nullable GroupAccount firstOfItsName(String name) {
        int left = unconfiguredLeft.getAndDecrement();
        if (left == 1) {
            logger.warn("Group '" + name + "' is the " + MAX_UNCONFIGURED + "th name without errgroup.groups.<name>.*:"
                    + " groups of further such names are accounted under '" + DEFAULT_NAME
                    + "'. A name should come from the code, not from its data");
        }
        if (left > 0) {
            tellOfSimilarName(name);
        }
        return left > 0 ? account(name, DEFAULT_NAME) : null;
    }

    /** An environment variable knows neither dashes nor case, and what stands in no brackets loses other characters. */
    private void tellOfSimilarName(String name) {
        for (String similar : configured.keySet()) {
            if (lettersOf(similar).equals(lettersOf(name))) {
                logger.warn("Group '" + name + "' has no settings of its own: " + GroupProperties.prefixOf(similar)
                        + ".* is for a group '" + similar + "'. An environment variable cannot say '" + name
                        + "': set a property of " + GroupProperties.prefixOf(name)
                        + " elsewhere, which the variable then overrides; or open '" + similar + "'");
                return;
            }
        }
    }

    private static String lettersOf(String name) {
        return name.replaceAll("[^\\p{IsAlphabetic}\\p{IsDigit}]", "").toLowerCase(Locale.ROOT);
    }

    /** The configured names of which no group was ever opened, nor one of a name that differs in dashes or case only. */
    List<String> neverOpened() {
        Set<String> opened = new HashSet<>();
        for (GroupAccount account : accounts()) {
            if (account.wasOpened()) {
                opened.add(lettersOf(account.name()));
            }
        }
        return configured.keySet().stream()
                .filter(name -> !opened.contains(lettersOf(name)))
                .toList();
    }

    private GroupAccount known(String name) {
        GroupAccount account = find(name);
        if (account == null) {
            throw new NoSuchElementException("group '" + name + "': no such name; there are " + names());
        }
        return account;
    }

    List<GroupAccount> accountedFromTheStart() {
        List<GroupAccount> accounts = new ArrayList<>();
        accounts.add(defaults);
        accounts.addAll(configured.values());
        return accounts;
    }

    private List<GroupAccount> accounts() {
        List<GroupAccount> accounts = accountedFromTheStart();
        accounts.addAll(Set.copyOf(unconfigured.values()));
        return accounts;
    }

    /**
     * The names of {@code errgroup.groups.*} and {@value #DEFAULT_NAME}: the names that meters know.
     *
     * @return a copy, {@value #DEFAULT_NAME} first, then in the order of the properties
     */
    Set<String> meterNames() {
        return namesOf(accountedFromTheStart());
    }

    /**
     * All names known now.
     *
     * @return a copy, {@value #DEFAULT_NAME} first, then the configured ones, then the others
     */
    public Set<String> names() {
        return namesOf(accounts());
    }

    private static Set<String> namesOf(List<GroupAccount> accounts) {
        Set<String> names = new LinkedHashSet<>();
        accounts.forEach(account -> names.add(account.name()));
        return names;
    }

    /**
     * The name under which meters account for groups of a name.
     *
     * @param name any name
     * @return the name itself if it is configured, else {@value #DEFAULT_NAME}
     */
    public String meterName(String name) {
        return configured.containsKey(name) ? name : DEFAULT_NAME;
    }

    /**
     * The name under which the registry accounts for groups of a name.
     *
     * @param name any name
     * @return the name itself if it is known, else {@value #DEFAULT_NAME}
     */
    public String knownName(String name) {
        return find(name) != null ? name : DEFAULT_NAME;
    }

    /**
     * The settings of a name as they are now, an override included.
     *
     * @param name a known name
     * @return its settings
     * @throws NoSuchElementException if the name is not known
     */
    public ErrGroupSettings settings(String name) {
        return known(name).settings();
    }

    /**
     * The groups of a name that are open now.
     *
     * @param name a known name
     * @return a copy, in no order
     * @throws NoSuchElementException if the name is not known
     */
    public List<ErrGroup> live(String name) {
        return known(name).live();
    }

    /**
     * All groups that are open now.
     *
     * @return a copy, in no order
     */
    public List<ErrGroup> live() {
        List<ErrGroup> live = new ArrayList<>();
        accounts().forEach(account -> live.addAll(account.live()));
        return live;
    }

    /**
     * The limit over all open groups of a name.
     *
     * @param name a known name
     * @return the one that the groups of this name share; its limit is -1 where there is none
     * @throws NoSuchElementException if the name is not known
     */
    public SharedLimit sharedLimit(String name) {
        return known(name).sharedLimit();
    }

    /**
     * The configured names that have a limit over all instances.
     *
     * @return a copy: each name with its {@code cluster-limit}
     */
    public Map<String, Integer> configuredClusterLimits() {
        Map<String, Integer> limits = new LinkedHashMap<>();
        configured.forEach((name, account) -> {
            Integer limit = account.configuredClusterLimit();
            if (limit != null) {
                limits.put(name, limit);
            }
        });
        return limits;
    }

    /**
     * How many tasks may run in this instance over all open groups of a name, as its properties say.
     *
     * @param name a known name
     * @return above zero, or -1 for no limit
     * @throws NoSuchElementException if the name is not known
     */
    public int configuredSharedLimit(String name) {
        return known(name).configuredSharedLimit();
    }

    /**
     * From now on the names that have a {@code cluster-limit} are held to it. Until then none of their tasks starts.
     *
     * @param limits keeps them
     */
    public void join(ClusterLimits limits) {
        configuredClusterLimits().keySet().forEach(name -> known(name).join(limits.of(name)));
    }

    /**
     * The limit over all instances.
     *
     * @param name a known name
     * @return null where the name has none
     * @throws NoSuchElementException if the name is not known
     */
    public @Nullable ClusterLimit clusterLimit(String name) {
        return known(name).clusterLimit();
    }

    /**
     * Retunes the open and the coming groups of a name, over whatever code and properties say. Values given as null stay
     * as they are. A limit over all instances is changed for all of them, until it is dropped at any; that asks outside, and so
     * blocks for a moment.
     *
     * @param name a known name
     * @param limit how many tasks of one group may run at once: above 0, or -1 for no limit
     * @param sharedLimit how many tasks over all open groups of the name: above 0, or -1 for no limit
     * @param clusterLimit how many tasks over all instances: above 0
     * @param timeout from opening to the deadline: above zero, or -1s for no timeout. An open group that is older
     *     already is cancelled at once
     * @throws NoSuchElementException if the name is not known
     * @throws IllegalArgumentException if a value breaks its rule, with name, value and rule, or {@code clusterLimit} is for a
     *     name that has none; then nothing is changed
     * @throws IllegalStateException if what keeps the limit over all instances did not answer; then nothing is changed here, and
     *     there only if it does later what it was asked
     */
    public void override(
            String name,
            @Nullable Integer limit,
            @Nullable Integer sharedLimit,
            @Nullable Integer clusterLimit,
            @Nullable Duration timeout) {
        GroupAccount account = known(name);
        ClusterLimit cluster = account.clusterLimit();
        check("limit", limit, PropertyRules.brokenByLimit(limit));
        check("shared-limit", sharedLimit, PropertyRules.brokenByLimit(sharedLimit));
        check("timeout", timeout, PropertyRules.brokenByTimeout(timeout));
        if (clusterLimit != null) {
            check("cluster-limit", clusterLimit, clusterLimit > 0 ? null : "must be above 0");
            if (cluster == null) {
                throw new IllegalArgumentException("cluster-limit " + clusterLimit + ": "
                        + GroupProperties.prefixOf(name) + ".cluster-limit is not set");
            }
            cluster.retune(clusterLimit); // after all checks, and before what cannot fail
        }
        account.override(new GroupOverride(limit, sharedLimit, timeout));
    }

    private static void check(String property, @Nullable Object value, @Nullable String brokenRule) {
        if (brokenRule != null) {
            throw new IllegalArgumentException(property + " " + value + ": " + brokenRule);
        }
    }

    /**
     * Drops what was overridden for a name: its open groups go back to what they were opened with, and the limit over all
     * instances to the configured one.
     *
     * @param name a known name
     * @throws IllegalStateException if the name has a limit over all instances, and what keeps it did not answer; then nothing is
     *     dropped here, and there only if it does later what it was asked
     * @throws NoSuchElementException if the name is not known
     */
    public void dropOverride(String name) {
        ClusterLimit cluster = known(name).clusterLimit();
        if (cluster != null) { // whether or not this instance has heard that it was posted
            cluster.retune(null);
        }
        known(name).dropOverride();
    }

    /** From now on every group that a web request opens is cancelled at once. The caller cancels those that are open. */
    Map<ErrGroup, CountDownLatch> stopRequests() {
        drain.stopRequests();
        Map<ErrGroup, CountDownLatch> open = new HashMap<>();
        accounts().forEach(account -> open.putAll(account.ofRequests()));
        return open;
    }

    GroupDrain drain() {
        return drain;
    }

    @Nullable
    LeakWatch leakWatch() {
        return leaks;
    }

    /** Looks for leaks no more. */
    void endLeakWatch() {
        if (leaks != null) {
            leaks.close();
        }
    }
}
