package kotlincalls.refused

import io.github.errgroup.*
import java.util.Optional

// Every line with a body loses a value, or takes null for one: none of them compiles. KotlinTest looks at each.
fun find(): String? = null
fun value(group: ErrGroup): Subtask<Void?> = group.go { "lost" } // refused
fun named(group: ErrGroup): Subtask<Void?> = group.go("name") { "lost" } // refused
fun typed(group: ErrGroup) = group.go<Void?> { "lost" } // refused
fun tried(group: ErrGroup): Optional<Subtask<Void?>> = group.tryGo { "lost" } // refused
fun triedNamed(group: ErrGroup): Optional<Subtask<Void?>> = group.tryGo("name") { "lost" } // refused
fun otherType(group: ErrGroup): Subtask<Int> = group.go { "text" } // refused
fun nullForValue(group: ErrGroup): String = group.go { find() }.get() // refused
fun nullForHandle(group: ErrGroup): Subtask<String> = group.go { find() } // refused
fun nullForMapped(group: ErrGroup): List<Subtask<Int>> = group.map(listOf(1)) { null } // refused
fun nullForCalled(groups: ErrGroups): String = groups.call("name") { find() } // refused
fun unitForCalled(groups: ErrGroups): String = groups.call("name") { it.await() } // refused
fun function(group: ErrGroup, body: () -> String): Subtask<Void?> = group.go(body) // refused
fun reference(group: ErrGroup): Subtask<Void?> = group.go(::find) // refused
