import Dispatch
import GRDB

extension DatabaseQueue {
    /// Closes the connection after what is queued on it, without blocking a thread of the cooperative pool.
    package func closeOffPool() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                // A connection that cannot be closed now is closed when it is deallocated.
                try? self.close()
                continuation.resume()
            }
        }
    }
}
