/// What a signature of its maker says about a chip.
public enum Originality: Hashable, Sendable {
  /// One of NXP's keys signed this identifier: it is NXP's silicon, or replays what such a chip
  /// once said. Nothing is said about who issued the card.
  case genuine
  case forged
}

/// NXP's originality signatures: ECDSA over the bare identifier, r and s one behind the other.
///
/// Public keys and curves: AN11341 (Ultralight EV1), AN11350 (NTAG21x), AN13452 (Ultralight AES),
/// AN12196 (NTAG 424 DNA) and, for DESFire, the list in Proxmark3's client, which names a key for
/// each generation. Keys and signatures are public: nothing here needs to take the same time.
public enum OriginalitySignature {
  /// Decides whether `signature` is one of a genuine chip's with this identifier.
  public static func verify(_ signature: [UInt8], uid: [UInt8]) -> Originality {
    let candidates = keys.filter { $0.curve.signatureByteCount == signature.count }
    let isGenuine = candidates.contains { $0.isSignature(signature, of: uid) }
    return isGenuine ? .genuine : .forged
  }

  /// The lengths that signatures have: three curves.
  public static let byteCounts: Set<Int> = [32, 48, 56]

  private static let keys: [CurveKey] = [
    // AN11341, MIFARE Ultralight EV1.
    CurveKey(.secp128r1, "90933BDCD6E99B4E255E3DA55389A827564E11718E017292FAF23226A96614B8"),
    // AN11350, NTAG21x.
    CurveKey(.secp128r1, "494E1A386D3D3CFE3DC10E5DE68A499B1C202DB5B132393E89ED19FE5BE8BC61"),
    // AN13452, MIFARE Ultralight AES.
    CurveKey(
      .secp192r1,
      "53BF8C49B7BD9FE3207A91513B9C1D238ECAB07186B77210"
        + "4AB535F7D3AE63CF7C7F3DD0D169DA3E99E43C6399621A86"
    ),
    // AN12196, NTAG 424 DNA.
    CurveKey(
      .secp224r1,
      "8A9B380AF2EE1B98DC417FECC263F8449C7625CECE82D9B916C992DA"
        + "209D68422B81EC20B65A66B5102A61596AF3379200599316A00A1410"
    ),
    // DESFire EV1 (the later ones), NTAG 413 DNA.
    CurveKey(
      .secp224r1,
      "BB5D514F7050025C7D0F397310360EEC91EAF792E96FC7E0F496CB4E"
        + "669D414F877B7B27901FE67C2E3B33CD39D1C797715189AC951C2ADD"
    ),
    // DESFire EV2.
    CurveKey(
      .secp224r1,
      "B304DC4C615F5326FE9383DDEC9AA892DF3A57FA7FFB3276192BC0EA"
        + "A252ED45A865E3B093A3D0DCE5BE29E92F1392CE7DE321E3E5C52B3A"
    ),
    // DESFire EV2 of 16 and 32 KB.
    CurveKey(
      .secp224r1,
      "CD5D45E50B1502F0BA4656FF37669597E7E183251150F9574CC8DA56"
        + "BF01C7ABE019E29FEA48F9CE22C3EA4029A765E1BC95A89543BAD1BC"
    ),
    // DESFire EV3.
    CurveKey(
      .secp224r1,
      "1DB46C145D0A36539C6544BD6D9B0AA62FF91EC48CBC6ABAE36E0089"
        + "A46F0D08C8A715EA40A63313B92E90DDC1730230E0458A33276FB743"
    ),
    // AN12343, DESFire Light.
    CurveKey(
      .secp224r1,
      "0E98E117AAA36457F43173DC920A8757267F44CE4EC5ADD3C5407557"
        + "1AEBBF7B942A9774A1D94AD02572427E5AE0A2DD36591B1FB34FCF3D"
    ),
  ].compactMap(\.self)
}
