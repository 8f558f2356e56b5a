extension Page {
    /// Bytes that the items of one page have at most, with one item at least: an answer is whole before it is sent.
    private static var bytesMax: Int { 4 << 20 }

    /// The first of what was found: as many as were asked for, or fewer where they would be too many bytes.
    /// - Parameters:
    ///   - found: in order; one more than were asked for, where there are so many.
    ///   - limit: how many were asked for.
    ///   - bytes: of one, about.
    ///   - cursor: what to ask with for those behind one.
    init<Found>(
        of found: [Found], limit: Int, bytes: (Found) -> Int, cursor: (Found) -> String, _ item: (Found) -> Item
    ) {
        var (count, sum) = (0, 0)
        for one in found.prefix(limit) {
            sum += bytes(one)
            if count > 0, sum > Self.bytesMax { break }
            count += 1
        }
        let taken = found.prefix(count)
        self.init(items: taken.map(item), nextCursor: found.count > count ? taken.last.map(cursor) : nil)
    }
}
