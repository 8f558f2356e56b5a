import Identity
import Testing

/// Who may do what, for whom.
struct PrincipalTests {
    private static func principal(_ reach: TenantReach, _ scopes: Set<Scope>) -> Principal {
        Principal(kind: .key, id: "k", name: "k", reach: reach, scopes: scopes)
    }

    @Test func adminMayWhateverTheTableHas() {
        let admin = Self.principal(.one("a"), [.admin])
        #expect(AccessTable.rules.allSatisfy { admin.may($0.need) })
    }

    @Test(arguments: Scope.allCases.filter { $0 != .admin })
    func everyOtherScopeMayExactlyWhatTheTableNamesItFor(scope: Scope) {
        let principal = Self.principal(.one("a"), [scope])
        for rule in AccessTable.rules {
            let expected =
                switch rule.need {
                case .nothing, .anyCredential: true
                case .anyOf(let scopes): scopes.contains(scope)
                case .allOf(let scopes): scopes == [scope]
                }
            #expect(principal.may(rule.need) == expected, "\(rule)")
        }
    }

    @Test func whoNeedsSeveralScopesNeedsAllOfThem() {
        let rules = AccessTable.rules.filter { if case .allOf = $0.need { true } else { false } }
        #expect(!rules.isEmpty && rules.allSatisfy { $0.path.hasPrefix("/v1/event-types") })
        for rule in rules {
            #expect(Self.principal(.one("a"), Role.operator.scopes).may(rule.need))
            for role in [Role.publisher, .approver, .auditor] {
                #expect(!Self.principal(.one("a"), role.scopes).may(rule.need), "\(role)")
            }
        }
    }

    @Test func nobodyWithoutAScopeMayTouchAnything() {
        let principal = Self.principal(.one("a"), [])
        for rule in AccessTable.rules {
            if rule.need == .nothing || rule.need == .anyCredential { continue }
            #expect(!principal.may(rule.need), "\(rule)")
        }
    }

    @Test func onlyAdminHasKeysAndReadersChangeNothing() {
        for rule in AccessTable.rules {
            if rule.path.hasPrefix("/v1/keys") { #expect(rule.need == .anyOf([.admin])) }
            guard case .anyOf(let scopes) = rule.need, scopes.contains(.read) else { continue }
            #expect(rule.method == "GET", "\(rule)")
        }
    }

    @Test func noCallIsTwiceInTheTableAndHeadGoesWithGet() {
        let calls = AccessTable.rules.map { "\($0.method) \($0.path)" }
        #expect(Set(calls).count == calls.count)
        #expect(
            AccessTable.need(method: "HEAD", path: "/v1/keys") == AccessTable.need(method: "GET", path: "/v1/keys"))
        #expect(AccessTable.need(method: "PATCH", path: "/v1/keys") == nil)
        #expect(AccessTable.need(method: "GET", path: "/v1/nothing") == nil)
    }

    @Test func aTenantsPrincipalSpeaksForItAlone() throws {
        let principal = Self.principal(.one("a"), [.read])
        #expect(try principal.caller(naming: nil, else: "default").tenant == "a")
        #expect(try principal.caller(naming: "a", else: "default").tenant == "a")
        #expect(throws: ForeignTenant.self) { try principal.caller(naming: "b", else: "default") }
        #expect(throws: ForeignTenant.self) { try principal.caller(naming: "default", else: "default") }
        #expect(try principal.caller(naming: nil, else: "default").reach == .one("a"))
    }

    @Test func thePlatformNamesTheTenant() throws {
        let principal = Self.principal(.all, [.read])
        #expect(try principal.caller(naming: "b", else: "default").tenant == "b")
        #expect(try principal.caller(naming: "b", else: "default").reach == .one("b"))
        #expect(try principal.caller(naming: nil, else: "default").tenant == "default")
        #expect(try principal.caller(naming: nil, else: "default").reach == .all)
    }

    @Test func onlyTheAdminRoleHasKeysAndEveryRoleHasItsScopes() {
        for role in Role.allCases { #expect(role.scopes.contains(.admin) == (role == .admin)) }
        #expect(Role.auditor.scopes == [.read])
        #expect(Role.publisher.scopes == [.publish])
        #expect(Role.operator.scopes.isSuperset(of: [.publish, .subscribe, .read, .replay]))
        #expect(Role(rawValue: "approver")?.scopes == [.publish, .read])
    }

    @Test func reachesAreTenantIdsOrAStar() {
        #expect(TenantReach("*") == .all)
        #expect(TenantReach("a.b_c~d-1") == .one("a.b_c~d-1"))
        for text in ["", "a b", "**", "ä", String(repeating: "a", count: 65), "a/b"] {
            #expect(TenantReach(text) == nil, "\(text)")
        }
        #expect(TenantReach.all.covers(.one("a")))
        #expect(!TenantReach.one("a").covers(.all))
        #expect(!TenantReach.one("a").covers(.one("b")))
    }
}
