extension JSONTree {
    /// Puts a value in its place; objects that are not there are made.
    /// - Returns: false where something other than an object lies on the way: then nothing is changed.
    @discardableResult
    mutating func setMember(_ tokens: ArraySlice<String>, to value: JSONTree) -> Bool {
        guard let name = tokens.first else {
            self = value
            return true
        }
        guard case .object(var members) = self else { return false }
        let index = members.lastIndex { $0.name.utf8.elementsEqual(name.utf8) }
        var child = index.map { members[$0].value } ?? .object([])
        guard child.setMember(tokens.dropFirst(), to: value) else { return false }
        if let index {
            members[index].value = child
        } else {
            members.append(Member(name: name, value: child))
        }
        self = .object(members)
        return true
    }

    /// Takes a member away, with all of its name.
    mutating func removeMember(_ tokens: ArraySlice<String>) {
        guard let name = tokens.first, case .object(var members) = self else { return }
        if tokens.count == 1 {
            members.removeAll { $0.name.utf8.elementsEqual(name.utf8) }
        } else if let index = members.lastIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
            members[index].value.removeMember(tokens.dropFirst())
        }
        self = .object(members)
    }
}
