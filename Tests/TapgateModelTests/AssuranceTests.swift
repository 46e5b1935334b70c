import TapgateModel
import Testing

@Suite("What a grade may do")
struct AssuranceTests {
  /// The reason, where it is refused.
  private func refusal(
    _ policy: AssurancePolicy,
    _ act: AssurancePolicy.Act,
    _ shown: Assurance,
    _ enrolled: Assurance?
  ) -> RefusalReason? {
    do {
      try policy.check(act, Evidence(shown), enrolled: enrolled)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test("by default earning asks A0, redeeming and stored value A1")
  func defaults() {
    let policy = AssurancePolicy()
    for grade in Assurance.allCases {
      #expect(refusal(policy, .earn, grade, nil) == nil)
      #expect((refusal(policy, .redeem, grade, nil) == nil) == (grade >= .a1))
      #expect((refusal(policy, .value, grade, nil) == nil) == (grade >= .a1))
    }
  }

  @Test("each act asks what the shop says, of every grade")
  func demands() {
    for wanted in Assurance.allCases {
      let policy = AssurancePolicy(earn: wanted, redeem: wanted, value: wanted)
      for shown in Assurance.allCases {
        for act in [AssurancePolicy.Act.earn, .redeem, .value] {
          let reason = refusal(policy, act, shown, nil)
          #expect(reason == (shown < wanted ? .assuranceTooLow : nil))
        }
      }
    }
  }

  @Test("a card shown by weaker means than it was bound by may do nothing, or what a claim may")
  func downgrades() {
    for enrolled in Assurance.allCases {
      for shown in Assurance.allCases {
        let isWeaker = shown < enrolled
        let strict = refusal(AssurancePolicy(), .earn, shown, enrolled)
        #expect(strict == (isWeaker ? .assuranceTooLow : nil))
        let lenient = AssurancePolicy(downgrade: .claim)
        #expect(refusal(lenient, .earn, shown, enrolled) == nil)
        let redeems = refusal(lenient, .redeem, shown, enrolled) == nil
        #expect(redeems == (!isWeaker && shown >= .a1))
      }
    }
  }

  @Test("a telephone number in a request is a claim, every other credential the till's word")
  func typed() {
    for kind in CredentialKind.allCases {
      #expect(Evidence.typed(kind).assurance == (kind == .phoneNumber ? .a0 : .a1))
    }
  }

  @Test("a card's grade and technology are in its row; a card without them is as long as before")
  func packed() throws {
    let reference = CardReference(high: 1, low: 2)
    func card(_ evidence: Evidence?) -> CardState {
      CardState(
        reference: reference,
        kind: .phoneNumber,
        type: "phone",
        status: .frozen,
        evidence: evidence
      )
    }
    var all: [Evidence?] = [nil]
    for grade in Assurance.allCases {
      for technology in [nil, "iso14443a.desfire", ""] {
        all.append(Evidence(grade, technology: technology))
      }
    }
    for evidence in all {
      let effects: [Effect] = [.cardAdded(card(evidence)), .singleMax(7)]
      #expect(try Effect.unpacked(Effect.packed(effects)) == effects)
    }
    let plain = Effect.packed([.cardAdded(card(nil))])
    // Effect 9, two halves of the reference, kind 11, type with its length, status 3.
    let expected: [UInt8] =
      [9, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 11, 5]
      + Array("phone".utf8) + [3]
    #expect(plain == expected)
    #expect(Effect.packed([.cardAdded(card(Evidence(.a4)))]).count == plain.count)
    #expect(throws: PackedError.self) {
      var damaged = plain
      damaged[17] = 11 | 6 << 4
      _ = try Effect.unpacked(damaged)
    }
  }

  @Test("references of rotating codes are in the profile; one without them is as it was")
  func profile() throws {
    var profile = MemberProfile()
    profile.name = "张三"
    profile.memberNumbers = ["1", "2"]
    let before = profile.packed()
    #expect(try MemberProfile(packed: before) == profile)
    profile.codeReferences = ["ABCDEFGH23456722"]
    #expect(profile.packed().starts(with: before))
    #expect(try MemberProfile(packed: profile.packed()) == profile)
    // An older version reads what it knows and leaves the rest.
    #expect(!profile.isEmpty)
  }
}
