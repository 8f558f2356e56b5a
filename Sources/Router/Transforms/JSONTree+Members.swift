extension JSONTree {
    /// The value at the end of a pointer's tokens (RFC 6901); nil where it is not there.
    func value(at tokens: [String], work: inout TemplateWork) throws(TemplateWork.Overrun) -> JSONTree? {
        var value = self
        for token in tokens {
            switch value {
            case .object:
                guard let member = try value.member(token, work: &work) else { return nil }
                value = member
            case .array(let elements):
                try work.pay(1)
                // Without leading zeros (section 4).
                guard let index = Int(token), String(index) == token, elements.indices.contains(index) else {
                    return nil
                }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }

    /// The same where only objects lie on the way; nil where something else does.
    func member(at tokens: [String], work: inout TemplateWork) throws(TemplateWork.Overrun) -> JSONTree? {
        var value = self
        for token in tokens {
            guard let member = try value.member(token, work: &work) else { return nil }
            value = member
        }
        return value
    }

    private func member(_ name: String, work: inout TemplateWork) throws(TemplateWork.Overrun) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        try work.pay(members.count + 1)
        return members.last { $0.isNamed(name) }?.value
    }

    /// Whether no more than so many arrays and objects are inside each other.
    func fits(levels: Int, work: inout TemplateWork) throws(TemplateWork.Overrun) -> Bool {
        switch self {
        case .null, .boolean, .number, .string:
            try work.pay(1)
            return true
        case .array(let elements):
            guard levels > 0 else { return false }
            try work.pay(1)
            for element in elements where try !element.fits(levels: levels - 1, work: &work) { return false }
        case .object(let members):
            guard levels > 0 else { return false }
            try work.pay(1)
            for member in members where try !member.value.fits(levels: levels - 1, work: &work) { return false }
        }
        return true
    }

    /// Puts a value in its place; objects that are not there are made.
    /// - Returns: false where something other than an object lies on the way: then nothing is changed.
    @discardableResult
    mutating func setMember(
        _ tokens: ArraySlice<String>, to value: JSONTree, work: inout TemplateWork
    ) throws(TemplateWork.Overrun) -> Bool {
        guard let name = tokens.first else {
            self = value
            return true
        }
        guard case .object(var members) = self else { return false }
        try work.pay(members.count + 1)
        let index = members.lastIndex { $0.isNamed(name) }
        var child = index.map { members[$0].value } ?? .object([])
        guard try child.setMember(tokens.dropFirst(), to: value, work: &work) else { return false }
        if let index {
            members[index].value = child
        } else {
            members.append(Member(name: name, value: child))
        }
        self = .object(members)
        return true
    }

    /// Takes a member away, with all of its name.
    mutating func removeMember(
        _ tokens: ArraySlice<String>, work: inout TemplateWork
    ) throws(TemplateWork.Overrun) {
        guard let name = tokens.first, case .object(var members) = self else { return }
        try work.pay(members.count + 1)
        if tokens.count == 1 {
            members.removeAll { $0.isNamed(name) }
        } else if let index = members.lastIndex(where: { $0.isNamed(name) }) {
            try members[index].value.removeMember(tokens.dropFirst(), work: &work)
        }
        self = .object(members)
    }
}

extension JSONTree.Member {
    /// Names are told apart by their bytes.
    fileprivate func isNamed(_ name: String) -> Bool {
        self.name.utf8.count == name.utf8.count && self.name.utf8.elementsEqual(name.utf8)
    }
}
