import Logging
import ObjectStore
import ServiceLifecycle

/// Tells people when the object store stops answering, and when it answers again. The router is ready without it: only
/// large events need it.
struct ObjectStoreWatch: Service {
    private static let interval = Duration.seconds(60)

    let store: any ObjectStore
    let name: String
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var answered: Bool?
            while !Task.isCancelled {
                let answers = await self.answers(isNew: answered != false)
                if answers, answered != true {
                    self.logger.info("the object store answers", metadata: ["bucket": "\(self.name)"])
                }
                answered = answers
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func answers(isNew: Bool) async -> Bool {
        do throws(ObjectStoreError) {
            try await self.store.probe()
            return true
        } catch {
            if isNew, error.code != .cancelled {
                self.logger.warning(
                    "the object store does not answer: large events are refused, and parked ones wait",
                    metadata: ["bucket": "\(self.name)", "error": "\(error)"])
            }
            return false
        }
    }
}
