import FuzzKit
import NIOCore
import NetworkGuard
import Testing

/// Properties of addresses, over random ones: `FUZZ_ITERATIONS` and `FUZZ_SEED` extend and repeat a run.
@Suite struct IPAddressTests {
    private static let count = SeededRandom.iterations(default: 3_000)

    @Test func anAddressIsReadAsItIsWritten() {
        var random = SeededRandom(seed: SeededRandom.runSeed)
        for _ in 0..<Self.count {
            let v4 = IPAddress(v4: UInt32.random(in: .min ... .max, using: &random))
            #expect(IPAddress(v4.description) == v4)
            let v6 = IPAddress(v6: Self.sparse(&random))
            #expect(IPAddress(v6.description) == v6)
            #expect(HostName("[\(v6)]") == .address(v6))
        }
    }

    @Test func aSocketsAddressIsTheSame() throws {
        for text in ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "0.0.0.0", "::"] {
            #expect(IPAddress(try SocketAddress(ipAddress: text, port: 443)) == IPAddress(text), "\(text)")
        }
        #expect(IPAddress(try SocketAddress(unixDomainSocketPath: "/tmp/socket")) == nil)
    }

    @Test func everyWayToHideAnIPv4AddressInIPv6IsJudgedByIt() {
        var random = SeededRandom(seed: SeededRandom.runSeed)
        for _ in 0..<Self.count {
            let v4 = Self.special(&random)
            let inside = UInt128(v4.bits)
            let kind = v4.addressClass
            let site = (0x2a00_1450 << 96 as UInt128) | UInt128(UInt16.random(in: .min ... .max, using: &random)) << 64
            let hidden: [UInt128] = [
                0xffff << 32 | inside,  // mapped
                0xffff_0000 << 32 | inside,  // translated
                0x0064_ff9b << 96 | inside,  // NAT64
                0x0064_ff9b_0001 << 80 | inside,
                0x2002 << 112 | inside << 80 | 1,  // 6to4
                0x2001_0000 << 96 | inside << 64 | 0xf7f7_f7f7,  // Teredo: the server
                0x2001_0000 << 96 | 0x0808_0808 << 64 | (inside ^ 0xffff_ffff),  // and the client
                site | 0x5efe << 32 | inside,  // ISATAP
                site | 0x0200_5efe << 32 | inside,
            ]
            for bits in hidden {
                let address = IPAddress(v6: bits)
                #expect(address.embeddedIPv4.contains(v4), "\(address)")
                if kind != .public { #expect(address.addressClass == kind, "\(address) hides \(v4)") }
            }
            if kind == .public {
                for bits in hidden.prefix(1) + hidden[2...4] + hidden[7...] {
                    #expect(IPAddress(v6: bits).addressClass == .public, "\(IPAddress(v6: bits))")
                }
            }
            // Some of these are something of their own, such as ::1; none is public.
            #expect(IPAddress(v6: inside).addressClass != .public)
        }
    }

    @Test func everyFormOfANumberIsTheSameAddress() {
        var random = SeededRandom(seed: SeededRandom.runSeed)
        for _ in 0..<Self.count {
            let v4 = Self.special(&random)
            let bits = UInt32(truncatingIfNeeded: v4.bits)
            let (a, b, c, d) = (bits >> 24, bits >> 16 & 0xff, bits >> 8 & 0xff, bits & 0xff)
            let octal = [a, b, c, d].map { "0" + String($0, radix: 8) }.joined(separator: ".")
            let hexadecimal = [a, b, c, d].map { "0x" + String($0, radix: 16) }.joined(separator: ".")
            for text in [
                "\(bits)", "0x" + String(bits, radix: 16), "0" + String(bits, radix: 8), "\(a).\(bits & 0xff_ffff)",
                "\(a).\(b).\(bits & 0xffff)", "\(a).\(b).\(c).\(d)", "\(a).\(b).\(c).\(d).", octal, hexadecimal,
                hexadecimal.uppercased(),
            ] {
                #expect(HostName(text) == .address(v4), "\(text)")
            }
        }
    }

    @Test(arguments: [
        "127.1", "0x7f.0.0.1", "0177.0.0.1", "1.2.3.4.5", "1.2.3.256", "::1%lo", "[::1]", " ::1", "::1 ", "1::2::3", "",
        "12345::", "::ffff:1.2.3", "g::", "1.2.3.4\u{0}", "１.2.3.4", ":1", "1:2:3:4:5:6:7:8:9",
    ])
    func onlyTheCommonFormsAreAddresses(text: String) {
        #expect(IPAddress(text) == nil)
    }

    /// Often in a network that is for something, at its ends more than elsewhere.
    private static func special(_ random: inout SeededRandom) -> IPAddress {
        let bases: [(UInt32, Int)] = [
            (0, 8), (0x0a00_0000, 8), (0x6440_0000, 10), (0x7f00_0000, 8), (0xa9fe_0000, 16), (0xac10_0000, 12),
            (0xc000_0000, 24), (0xc000_0200, 24), (0xc0a8_0000, 16), (0xc612_0000, 15), (0xc633_6400, 24),
            (0xcb00_7100, 24), (0xe000_0000, 4), (0xf000_0000, 4), (0x0808_0000, 16), (0xa9fe_a9fe, 32), (0, 0),
        ]
        let (base, length) = random.pick(bases)
        let host = length == 32 ? 0 : UInt32.max >> UInt32(length)
        switch UInt8.random(in: 0..<4, using: &random) {
        case 0: return IPAddress(v4: base)
        case 1: return IPAddress(v4: base | host)
        default: return IPAddress(v4: base | UInt32.random(in: .min ... .max, using: &random) & host)
        }
    }

    /// With many zeros, which texts leave out.
    private static func sparse(_ random: inout SeededRandom) -> UInt128 {
        (0..<8).reduce(0) { bits, _ in
            let group = random.once(in: 2) ? 0 : UInt16.random(in: .min ... .max, using: &random)
            return bits << 16 | UInt128(group)
        }
    }
}
