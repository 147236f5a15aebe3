package io.github.errgroup.spring.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;
import org.luaj.vm2.lib.VarArgFunction;
import org.luaj.vm2.lib.jse.JsePlatform;

/**
 * A Redis that knows one name and runs the very script, without a server and with a clock that the test sets. Not thread-safe.
 *
 * <pre>{@code
 * ScriptInMemory redis = new ScriptInMemory();
 * redis.now += 100; // milliseconds
 * LeaseReply reply = redis.call(lease.request(nanos, running, waiting));
 * }</pre>
 */
final class ScriptInMemory {
    /** Redis' clock in milliseconds. */
    long now = 1_795_000_000_000L;

    /** Which process it is: a restarted Redis, and a replica, has another. */
    String server = "a1";

    /** The hash of the name. */
    private Map<String, String> hash = new LinkedHashMap<>();

    /** How often instances have called. */
    long calls;

    private final Globals globals = JsePlatform.standardGlobals();

    private final LuaValue script;

    ScriptInMemory() {
        LuaTable redis = new LuaTable();
        redis.set("call", new VarArgFunction() {
            @Override
            public Varargs invoke(Varargs arguments) {
                return command(arguments);
            }
        });
        globals.set("redis", redis);
        try (InputStream source = ScriptInMemory.class.getResourceAsStream("lease.lua")) {
            script = globals.load(new String(source.readAllBytes(), StandardCharsets.UTF_8), "lease.lua");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Nullable
    LeaseReply call(LeaseRequest request) {
        calls++;
        globals.set("KEYS", table(List.of("key")));
        globals.set(
                "ARGV",
                table(List.of(
                        request.instance(),
                        Long.toString(request.sequence()),
                        Integer.toString(request.held()),
                        Integer.toString(request.demand()),
                        Integer.toString(request.limit()),
                        Long.toString(request.leaseMillis()))));
        LuaValue result = script.call();
        if (!result.istable()) {
            return null;
        }
        List<Long> values = new ArrayList<>();
        for (int k = 1; k <= result.length(); k++) {
            values.add(result.get(k).tolong());
        }
        return LeaseReply.of(values);
    }

    /** All is lost, and another process serves. */
    void restartEmpty() {
        hash = new LinkedHashMap<>();
        server += "b";
    }

    /** What a replica has at this moment. */
    Map<String, String> copy() {
        return new LinkedHashMap<>(hash);
    }

    /** A replica takes over. */
    void failOver(Map<String, String> copy) {
        hash = new LinkedHashMap<>(copy);
        server += "c";
    }

    /** An operator posts a limit; null drops it. */
    void postLimit(@Nullable Integer limit) {
        if (limit == null) {
            hash.remove("limit");
        } else {
            hash.put("limit", limit.toString());
        }
    }

    /** The sum of the shares, as the script knows it. */
    long sum() {
        return Long.parseLong(hash.getOrDefault("sum", "0"));
    }

    private Varargs command(Varargs arguments) {
        String name = arguments.checkjstring(1);
        switch (name) {
            case "TIME":
                return table(List.of(Long.toString(now / 1000), Long.toString(now % 1000 * 1000)));
            case "INFO":
                return LuaValue.valueOf("# Server\r\nrun_id:" + server + "\r\ntcp_port:6379\r\n");
            case "HMGET":
                LuaTable values = new LuaTable();
                for (int k = 3; k <= arguments.narg(); k++) {
                    String value = hash.get(arguments.checkjstring(k));
                    values.set(k - 2, value == null ? LuaValue.FALSE : LuaValue.valueOf(value));
                }
                return values;
            case "HGETALL":
                List<String> all = new ArrayList<>();
                hash.forEach((field, value) -> {
                    all.add(field);
                    all.add(value);
                });
                return table(all);
            case "HSET":
                for (int k = 3; k < arguments.narg(); k += 2) {
                    hash.put(arguments.checkjstring(k), arguments.checkjstring(k + 1));
                }
                return LuaValue.ZERO;
            case "HDEL":
                hash.remove(arguments.checkjstring(3));
                return LuaValue.ZERO;
            case "HINCRBY":
                hash.merge(
                        arguments.checkjstring(3),
                        Long.toString(arguments.checklong(4)),
                        (one, other) -> Long.toString(Long.parseLong(one) + Long.parseLong(other)));
                return LuaValue.ZERO;
            case "PEXPIRE":
                return LuaValue.ONE;
            default:
                throw new IllegalArgumentException("the script calls " + name + ", which is not here");
        }
    }

    private static LuaTable table(List<String> values) {
        LuaTable table = new LuaTable();
        for (int k = 0; k < values.size(); k++) {
            table.set(k + 1, LuaValue.valueOf(values.get(k)));
        }
        return table;
    }
}
