import NIOCore
import NIOPosix

extension SeaweedStore {
    /// Whether nobody listens there.
    static func isFree(_ port: Int) async -> Bool {
        guard
            let channel = try? await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(host: "127.0.0.1", port: port).get()
        else { return false }
        try? await channel.close()
        return true
    }
}
