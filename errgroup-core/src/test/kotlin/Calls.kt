package kotlincalls

import io.github.errgroup.ErrGroup
import io.github.errgroup.ErrGroupOptions
import io.github.errgroup.ErrGroups
import io.github.errgroup.Subtask
import io.github.errgroup.TaskBody
import io.github.errgroup.ThrowingRunnable
import java.io.IOException
import java.util.Optional
import java.util.concurrent.Callable
import java.util.concurrent.atomic.AtomicInteger

/** What each call gives, by the call as it is written; compiled and run by KotlinTest. */
fun values(): Map<String, Any?> {
    val groups: ErrGroups = ErrGroups.of(ErrGroupOptions.defaults())
    val seen = mutableMapOf<String, Any?>()
    val effects = AtomicInteger()

    ErrGroup.open { it.name("kotlin").limit(80) }.use { group ->
        seen["open { it.limit(80) }"] = group.limit()

        val value: Subtask<Long> = group.go { price("x") }
        val named: Subtask<Int> = group.go("stock") { 7 }
        val inParentheses = group.go({ price("x") })
        val typed = group.go<Number> { price("x") }
        val nullable: Subtask<String?> = group.go { find("x") }
        val reference: Subtask<String> = group.go(::constant)
        val callable: Subtask<Long> = group.go(Callable { price("x") })
        val namedCallable: Subtask<Long> = group.go("callable", Callable { price("x") })
        val body: Subtask<Long> = group.go(TaskBody { price("x") })
        val unit: Subtask<Unit> = group.go { audit(effects) }
        val namedUnit: Subtask<Unit> = group.go("audit") { audit(effects) }
        val statement: Subtask<Unit> = group.go { if (effects.get() > 100) throw IOException("never") }
        val withoutValue = group.go(ThrowingRunnable { audit(effects) })
        val namedWithoutValue = group.go("audit", ThrowingRunnable { audit(effects) })
        val tried: Optional<Subtask<Long>> = group.tryGo { price("x") }
        val triedNamed: Optional<Subtask<Int>> = group.tryGo("stock") { 7 }
        val triedCallable: Optional<Subtask<Long>> = group.tryGo(Callable { price("x") })
        val triedUnit: Optional<Subtask<Unit>> = group.tryGo { audit(effects) }
        val mapped: List<Subtask<Int>> = group.map(listOf(1, 2)) { it + 1 }
        val mappedStream: List<Subtask<Int>> = group.map(listOf(1, 2).stream()) { it + 1 }
        group.forEach(listOf(1, 2)) { audit(effects) }
        group.context().addCancellationHook { audit(effects) }
        group.await()

        val price: Long = value.get()
        seen["go { price }"] = price
        seen["go(stock) { 7 }"] = named.get()
        seen["go({ price })"] = inParentheses.get()
        seen["go<Number> { price }"] = typed.get()
        seen["go { find }"] = nullable.get()
        seen["go(::constant)"] = reference.get()
        seen["go(Callable { price })"] = callable.get()
        seen["go(callable, Callable { price })"] = namedCallable.get()
        seen["go(TaskBody { price })"] = body.get()
        seen["go { audit }"] = unit.get() == Unit
        seen["go(audit) { audit }"] = namedUnit.get() == Unit
        seen["go { if }"] = statement.get() == Unit
        seen["go(ThrowingRunnable { audit })"] = withoutValue.get()
        seen["go(audit, ThrowingRunnable { audit })"] = namedWithoutValue.get()
        seen["tryGo { price }"] = tried.get().get()
        seen["tryGo(stock) { 7 }"] = triedNamed.get().get()
        seen["tryGo(Callable { price })"] = triedCallable.get().get()
        seen["tryGo { audit }"] = triedUnit.get().get() == Unit
        seen["map(list) { it + 1 }"] = mapped.map { it.get() }
        seen["map(stream) { it + 1 }"] = mappedStream.map { it.get() }
        seen["effects"] = effects.get()
    }

    val called: Int = groups.call("call") { group ->
        val word = group.go { "word" }
        group.await()
        word.get().length
    }
    seen["call(name) { length }"] = called
    seen["call(changes) { limit }"] = ErrGroup.call({ it.limit(2) }) { it.limit() }
    seen["call(options) { limit }"] = ErrGroup.call(ErrGroupOptions.builder().limit(3).build()) { it.limit() }
    seen["call<String?, RuntimeException>(name) { find }"] = groups.call<String?, RuntimeException>("call") { find("x") }
    seen["call(name) { audit }"] = groups.call("call") { audit(effects) } == Unit
    seen["groups.map(name, list) { it * 2 }"] = groups.map("map", listOf(1, 2, 3)) { it * 2 }
    groups.forEach("forEach", listOf(1)) { audit(effects) }
    groups.open("changed") { it.limit(4) }.use { seen["groups.open(name) { it.limit(4) }"] = it.limit() }
    ErrGroups.of { it.limit(5) }.open().use { seen["ErrGroups.of { it.limit(5) }"] = it.limit() }
    ErrGroup.open {
        it.limit(6)
        it.name("statements")
    }.use { seen["open { statements }"] = it.limit().toString() + it.name() }
    seen["effects at the end"] = effects.get()
    return seen
}

private fun price(sku: String): Long = 41L + sku.length

private fun find(sku: String): String? = sku.takeIf { it.isEmpty() }

private fun constant(): String = "constant"

private fun audit(effects: AtomicInteger) {
    effects.incrementAndGet()
}
