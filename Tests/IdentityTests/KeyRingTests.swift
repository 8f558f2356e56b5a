import Foundation
import Identity
import Testing

/// Which keys are valid, and for what.
struct KeyRingTests {
    private static let now: Int64 = 1_000

    private static func key(
        _ reach: TenantReach = .one("acme"), _ scopes: Set<Scope> = [.read], expiresAt: Int64? = nil
    ) -> (APIKey, APIKeyRecord) {
        var generator = SystemRandomNumberGenerator()
        let key = APIKey(using: &generator)
        return (
            key,
            APIKeyRecord(
                id: key.id, name: "n", reach: reach, scopes: scopes, digest: key.digest, createdAtMilliseconds: 1,
                expiresAtMilliseconds: expiresAt, createdBy: "me")
        )
    }

    @Test func whoeverHasAKeyIsItsPrincipal() {
        var ring = KeyRing()
        let (key, record) = Self.key(.one("acme"), [.read, .publish])
        ring.put(record)
        let principal = ring.principal(presenting: key.text, at: Self.now)
        #expect(principal?.id == key.id)
        #expect(principal?.reach == .one("acme"))
        #expect(principal?.scopes == [.read, .publish])
        #expect(principal?.kind == .key)
    }

    @Test func theIdAloneIsNotEnough() {
        var ring = KeyRing()
        let (key, record) = Self.key()
        let (stranger, _) = Self.key()
        ring.put(record)
        let forged = "ptm_" + key.id + stranger.text.dropFirst(20)
        for text in [key.id, "ptm_" + key.id, forged, stranger.text, "", String(key.text.dropLast())] {
            #expect(ring.principal(presenting: text, at: Self.now) == nil, "\(text.count)")
        }
    }

    @Test func aDeletedKeyIsNotValidNorIsWhatItSignedIn() throws {
        var ring = KeyRing()
        let (key, record) = Self.key()
        ring.put(record)
        let principal = try #require(ring.principal(presenting: key.text, at: Self.now))
        #expect(ring.stands(principal, at: Self.now))
        ring.remove(key.id)
        #expect(ring.principal(presenting: key.text, at: Self.now) == nil)
        #expect(!ring.stands(principal, at: Self.now))
    }

    @Test func aKeyEndsWhenItsTimeHasCome() throws {
        var ring = KeyRing()
        let (key, record) = Self.key(expiresAt: 2_000)
        ring.put(record)
        let principal = try #require(ring.principal(presenting: key.text, at: 1_999))
        #expect(ring.principal(presenting: key.text, at: 2_000) == nil)
        #expect(ring.stands(principal, at: 1_999))
        #expect(!ring.stands(principal, at: 2_000))
    }

    @Test func theBootstrapKeyMayDoEverythingEverywhere() throws {
        let ring = KeyRing(bootstrap: KeyDigest(of: "a-long-secret"))
        let principal = try #require(ring.principal(presenting: "a-long-secret", at: Self.now))
        #expect(principal.reach == .all)
        #expect(Scope.allCases.allSatisfy { principal.may(.anyOf([$0])) })
        #expect(ring.stands(principal, at: Self.now))
        #expect(!KeyRing().stands(principal, at: Self.now))
        #expect(ring.principal(presenting: "another-secret", at: Self.now) == nil)
    }

    @Test func listsKeepWithinAReach() {
        var ring = KeyRing()
        let records = [Self.key(.one("a")).1, Self.key(.one("b")).1, Self.key(.all).1, Self.key(.one("a")).1]
        for record in records { ring.put(record) }
        #expect(Set(ring.list(within: .one("a"), after: nil, limit: 9).map(\.id)) == [records[0].id, records[3].id])
        #expect(ring.list(within: .one("c"), after: nil, limit: 9).isEmpty)
        let all = ring.list(within: .all, after: nil, limit: 9)
        #expect(all.map(\.id) == records.map(\.id).sorted())
        #expect(ring.list(within: .all, after: all[1].id, limit: 1).map(\.id) == [all[2].id])
        #expect(ring.count(of: .one("a")) == 2)
    }

    @Test func aRecordIsStoredWithoutTheKeyAndReadBack() throws {
        let (key, record) = Self.key(.all, [.admin, .publish], expiresAt: 5)
        let data = try JSONEncoder().encode(record)
        #expect(try JSONDecoder().decode(APIKeyRecord.self, from: data) == record)
        let text = String(decoding: data, as: UTF8.self)
        #expect(!text.contains(key.text.dropFirst(21)))
        #expect(text.contains(#""tenant":"*""#))
    }
}
