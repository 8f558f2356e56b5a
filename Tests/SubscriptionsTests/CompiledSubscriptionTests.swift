import CloudEvents
import Subscriptions
import Testing

@Suite struct CompiledSubscriptionTests {
    private func subscription(
        source: String? = nil, types: [String] = [], filters: [Filter] = []
    ) throws -> CompiledSubscription {
        try CompiledSubscription(
            Subscription(
                id: SubscriptionID(tenant: "acme", name: "s"), source: source, types: types, filters: filters,
                sink: "https://example.com/"))
    }

    @Test func onlyEventsOfTheTenantMatch() throws {
        let subscription = try self.subscription()
        #expect(subscription.matches(.sample()))
        for tenant in ["acme2", "acm", "", "ACME", nil] {
            let event = CloudEvent.sample(tenant: tenant)
            #expect(!subscription.matches(event))
            #expect(
                subscription.explain(event)
                    == MatchExplanation(matched: false, reason: "the event belongs to another tenant"))
        }
    }

    @Test func sourceAndTypesAreComparedWhole() throws {
        let subscription = try self.subscription(source: "/orders", types: ["x", "com.example.order.created"])
        #expect(subscription.matches(.sample()))
        #expect(
            subscription.explain(.sample())
                == MatchExplanation(matched: true, reason: "types: the event's type is named"))
        #expect(!subscription.matches(.sample(["source": "/orders/1"])))
        #expect(subscription.explain(.sample(["source": "/o"])).reason == "source: '/o' is not '/orders'")
        #expect(
            subscription.explain(.sample(["type": "y"])).reason
                == "types: 'y' is none of 'x', 'com.example.order.created'")
    }

    @Test func filtersMustAllHold() throws {
        let subscription = try self.subscription(filters: [.prefix(["type": "com."]), .sql("priority > 5")])
        #expect(subscription.matches(.sample(["priority": 6])))
        #expect(!subscription.matches(.sample(["priority": 5])))
        #expect(subscription.explain(.sample()).reason == "all[1] → sql: missingAttribute priority")
    }

    @Test func aFaultyFilterIsNamedFromTheRootOfTheDocument() {
        let error = #expect(throws: FilterError.self) {
            try self.subscription(filters: [.exact(["a": "b"]), .all([.sql("(")])])
        }
        #expect(error?.pointer == "/filters/1/all/0/sql")
    }
}
