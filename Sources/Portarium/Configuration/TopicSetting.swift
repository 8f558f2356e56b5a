/// A number that holds for one topic.
struct TopicSetting: Sendable, Hashable {
    /// The topic without the common prefix (``RouterConfiguration/Log/topicPrefix``).
    var topic: String
    var value: Int
}
