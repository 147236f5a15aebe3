package stranger

import io.github.errgroup.ErrGroup
import io.github.errgroup.Subtask

fun main() {
    ErrGroup.open { it.name("quote").limit(8) }.use { group ->
        val price: Subtask<Int> = group.go("price") { 1990 }
        val stock: Subtask<Int> = group.go("stock") { 3 }
        group.await()
        println("kotlin: ${price.get()}, ${stock.get()}")
    }
}
