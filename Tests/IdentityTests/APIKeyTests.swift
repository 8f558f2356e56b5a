import Identity
import Testing

/// The text of a key, and what is kept of it.
struct APIKeyTests {
    /// Gives the same numbers in each run.
    struct Counting: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return self.state ^ (self.state >> 31)
        }
    }

    private static func key(_ seed: UInt64 = 1) -> APIKey {
        var generator = Counting(state: seed)
        return APIKey(using: &generator)
    }

    @Test func itCanBeKnownByItsPrefixAndReadBack() throws {
        let key = Self.key()
        #expect(key.text.hasPrefix("ptm_" + key.id + "_"))
        #expect(key.text.utf8.count == 70)
        #expect(key.id.utf8.count == 16)
        #expect(APIKey(key.text)?.id == key.id)
        #expect(APIKey.id(in: key.text) == key.id)
    }

    @Test func aTypoAnywhereIsSeen() {
        let text = Array(Self.key().text.utf8)
        for index in text.indices {
            var wrong = text
            wrong[index] = wrong[index] == UInt8(ascii: "x") ? UInt8(ascii: "y") : UInt8(ascii: "x")
            #expect(APIKey(String(decoding: wrong, as: UTF8.self)) == nil, "\(index)")
            wrong = text
            wrong.remove(at: index)
            #expect(APIKey(String(decoding: wrong, as: UTF8.self)) == nil, "\(index)")
        }
        #expect(APIKey(Self.key().text + "x") == nil)
        #expect(APIKey("") == nil)
    }

    @Test func twoKeysHaveNothingInCommon() {
        let (one, other) = (Self.key(1), Self.key(2))
        #expect(one.id != other.id)
        #expect(!one.digest.matches(other.digest))
        #expect(one.digest.matches(Self.key(1).digest))
    }

    @Test func printedItDoesNotShow() {
        let key = Self.key()
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), "\([key])", dumped] {
            #expect(!text.contains(key.text.suffix(49)), "\(text)")
            #expect(text.contains(key.id))
        }
    }

    @Test func aDigestIsTheSHA256OfTheText() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(KeyDigest(of: "abc").hex == abc)
        #expect(KeyDigest(hex: abc) == KeyDigest(of: "abc"))
        #expect(KeyDigest(hex: "zz") == nil)
        #expect(KeyDigest(hex: String(repeating: "g", count: 64)) == nil)
    }
}
