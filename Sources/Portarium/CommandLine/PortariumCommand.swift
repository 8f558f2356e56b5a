import ArgumentParser

/// `portarium`
struct PortariumCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portarium",
        abstract: "An event-driven CloudEvents message router.",
        discussion: """
            Producers publish CloudEvents; subscriptions deliver them over HTTP, in order where order is asked for, \
            again and again until they arrive; whatever cannot be delivered becomes a dead letter that can be sent \
            again.

            Start a router, watch it, and publish to it:

              portarium serve --data-dir ./data
              portarium tail
              portarium publish --type com.example.order.Placed --data '{"order":1}'

            The commands that talk to a router take --server, --tenant and --key, or PORTARIUM_SERVER, \
            PORTARIUM_TENANT and PORTARIUM_KEY.

            EXIT CODES
              0  done
              1  failed
              2  usage or bad input
              3  the router is not reachable
              4  partly done
            """,
        version: "portarium \(PortariumVersion.current)",
        subcommands: [
            ServeCommand.self, PublishCommand.self, TailCommand.self, SubscriptionsCommand.self, ReplayCommand.self,
            DeadLettersCommand.self, TraceCommand.self, WebhookEndpointsCommand.self, FilterCommand.self,
            TransformCommand.self, WebhookCommand.self, CheckCommand.self, TopicsCommand.self, EventTypesCommand.self,
            KeysCommand.self, TenantsCommand.self,
        ])
}
