package io.github.errgroup.sample.fetches;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Allows the addresses of hosts on the public internet, by the IANA registries of special-purpose addresses. An IPv6
 * address that contains an IPv4 address (translated, tunnelled) is allowed if the IPv4 address is.
 */
public final class PublicAddresses implements AddressPolicy {
    private static final List<Block> SPECIAL_V4 = List.of(
            Block.v4(8, 0), // this network
            Block.v4(8, 10), // private
            Block.v4(10, 100, 64), // shared by carriers
            Block.v4(8, 127), // loopback
            Block.v4(16, 169, 254), // link-local, cloud metadata among them
            Block.v4(12, 172, 16), // private
            Block.v4(24, 192, 0, 0), // protocol assignments
            Block.v4(24, 192, 0, 2), // documentation
            Block.v4(24, 192, 88, 99), // 6to4 relays
            Block.v4(16, 192, 168), // private
            Block.v4(15, 198, 18), // benchmarks
            Block.v4(24, 198, 51, 100), // documentation
            Block.v4(24, 203, 0, 113), // documentation
            Block.v4(4, 224), // multicast
            Block.v4(4, 240)); // reserved, broadcast

    /** The only IPv6 block that is public: 2000::/3. */
    private static final Block GLOBAL_V6 = Block.v6(3, 0x20);

    private static final List<Block> SPECIAL_V6 = List.of(
            Block.v6(23, 0x20, 0x01), // protocol assignments, Teredo among them
            Block.v6(32, 0x20, 0x01, 0x0d, 0xb8), // documentation
            Block.v6(20, 0x3f, 0xff, 0x00)); // documentation

    /** 64:ff9b::/96, an IPv4 address behind a translator. */
    private static final Block TRANSLATED = Block.v6(96, 0, 0x64, 0xff, 0x9b);

    /** 2002::/16, an IPv4 address in its second to fifth byte. */
    private static final Block SIX_TO_FOUR = Block.v6(16, 0x20, 0x02);

    @Override
    public boolean allows(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return isPublicV4(bytes);
        }
        return address instanceof Inet6Address && isPublicV6(bytes);
    }

    private static boolean isPublicV4(byte[] bytes) {
        return SPECIAL_V4.stream().noneMatch(block -> block.contains(bytes));
    }

    private static boolean isPublicV6(byte[] bytes) {
        if (TRANSLATED.contains(bytes)) {
            return isPublicV4(Arrays.copyOfRange(bytes, 12, 16));
        }
        if (SIX_TO_FOUR.contains(bytes)) {
            return isPublicV4(Arrays.copyOfRange(bytes, 2, 6));
        }
        return GLOBAL_V6.contains(bytes) && SPECIAL_V6.stream().noneMatch(block -> block.contains(bytes));
    }

    /** The addresses that begin with these bits. */
    private record Block(int bits, byte[] prefix) {
        static Block v4(int bits, int... first) {
            return of(bits, 4, first);
        }

        static Block v6(int bits, int... first) {
            return of(bits, 16, first);
        }

        private static Block of(int bits, int length, int... first) {
            byte[] prefix = new byte[length];
            for (int i = 0; i < first.length; i++) {
                prefix[i] = (byte) first[i];
            }
            return new Block(bits, prefix);
        }

        boolean contains(byte[] address) {
            int whole = bits / 8;
            if (!Arrays.equals(address, 0, whole, prefix, 0, whole)) {
                return false;
            }
            int rest = bits % 8;
            int mask = 0xff << (8 - rest) & 0xff;
            return rest == 0 || (address[whole] & mask) == (prefix[whole] & mask);
        }
    }
}
