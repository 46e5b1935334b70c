/// Every report there is.
public enum ReportCatalogue {
  private static let share: ClosedRange<Int64> = 0...10_000
  private static let days: ClosedRange<Int64> = 1...36_500

  private static func rows(_ count: Int64) -> ReportParameter {
    ReportParameter(
      "rows",
      Wording("最多列出的行数", "rows listed at most"),
      defaultValue: count,
      range: 1...1_000_000
    )
  }

  /// The reports, in the order in which a list shows them.
  public static let all: [ReportDefinition] = movements + assets + people + care

  /// The report called `id`.
  public static func definition(_ id: String) -> ReportDefinition? { all.first { $0.id == id } }

  private static let movements: [ReportDefinition] = [
    ReportDefinition(
      "memberHistory",
      LedgerHistory.self,
      Wording("会员消费记录", "Ledger history"),
      Wording("逐笔流水，可限定会员、操作员", "every row of the ledger, of one member or of all"),
      parameters: [rows(100_000)],
      takesMember: true
    ),
    ReportDefinition(
      "enrolments",
      Enrolments.self,
      Wording("入会统计", "Enrolments"),
      Wording("按日、门店、操作员、渠道", "by day, store, operator and channel")
    ),
    ReportDefinition(
      "accruals",
      Accruals.self,
      Wording("每日积分与消费", "Accruals"),
      Wording("按日、门店", "receipts, spending and points by day and store")
    ),
    ReportDefinition(
      "sales",
      Sales.self,
      Wording("消费明细", "Sales"),
      Wording("按品类、单品、支付方式、时段", "by category, article, tender and hour"),
      parameters: [rows(1000)]
    ),
    ReportDefinition(
      "points",
      PointsMovement.self,
      Wording("积分发放与负债", "Points"),
      Wording("发放、兑换、过期、未用及到期预测", "issued, redeemed, expired, outstanding, and expiry by month"),
      parameters: [
        ReportParameter(
          "dormantDays",
          Wording("多少天无变动算沉睡", "days without a movement that make points dormant"),
          defaultValue: 180,
          range: days
        )
      ]
    ),
    ReportDefinition(
      "memberDay",
      MemberDay.self,
      Wording("会员日效果", "Member days"),
      Wording("会员日与其他日对比", "member days against the other days"),
      parameters: [
        ReportParameter(
          "weekday",
          Wording("会员日为星期几（0 取方案）", "the member day's weekday, 1 is Monday; 0: the programme's"),
          defaultValue: 0,
          range: 0...7
        ),
        ReportParameter(
          "monthDay",
          Wording("会员日为每月几日（0 取方案）", "the member day's day of the month; 0: the programme's"),
          defaultValue: 0,
          range: 0...31
        ),
      ]
    ),
    ReportDefinition(
      "cardOperations",
      CardOperations.self,
      Wording("卡业务流水", "Card operations"),
      Wording("发卡、挂失、冻结、补卡、退卡", "cards issued, lost, frozen, replaced and closed"),
      parameters: [rows(100_000)]
    ),
    ReportDefinition(
      "profileReadings",
      ProfileReadings.self,
      Wording("敏感资料查看记录", "Profiles read in clear"),
      Wording("谁、何时、为何查看原始资料", "who read profiles in clear, when and why"),
      parameters: [rows(100_000)]
    ),
    ReportDefinition(
      "refusals",
      Refusals.self,
      Wording("规则拒绝统计", "Refusals"),
      Wording("按原因、业务、门店", "what the rules refused, by reason")
    ),
    ReportDefinition(
      "shifts",
      Shifts.self,
      Wording("交班记录", "Shifts"),
      Wording("交班汇总、收付款、未交班", "shifts closed, money by tender, and what is not closed yet"),
      parameters: [rows(100_000)]
    ),
  ]

  private static let assets: [ReportDefinition] = [
    ReportDefinition(
      "storedValue",
      StoredValue.self,
      Wording("储值收支与负债", "Stored value"),
      Wording("充值渠道、赠送、消费、负债、跨店结算", "money in by channel, bonus, consumed, liability, settlement")
    ),
    ReportDefinition(
      "coupons",
      Coupons.self,
      Wording("优惠券统计", "Coupons"),
      Wording("按模板、门店统计发放与使用", "issued, used and expired, by template and store")
    ),
    ReportDefinition(
      "passes",
      CountedAssets.self,
      Wording("次卡与印花", "Passes and stamps"),
      Wording("发放、使用、过期及会员持有", "issued, used, expired, and what members have")
    ),
    ReportDefinition(
      "paidMembership",
      PaidMemberships.self,
      Wording("付费会员", "Paid memberships"),
      Wording("销售、有效会员、递延收入", "sold, active, deferred income")
    ),
  ]

  private static let people: [ReportDefinition] = [
    ReportDefinition(
      "members",
      MemberList.self,
      Wording("会员名单", "Members"),
      Wording("等级、积分、储值、欠款、最近到店", "tier, points, value, debts and last visit of each member"),
      parameters: [rows(100_000)]
    ),
    ReportDefinition(
      "kpi",
      KeyFigures.self,
      Wording("会员运营指标", "Key figures"),
      Wording("注册、活跃、转化、复购、留存、LTV", "registrations, activity, repeat rate, retention, value")
    ),
    ReportDefinition(
      "tiers",
      Tiers.self,
      Wording("等级分布与变动", "Tiers"),
      Wording("分布、升降矩阵、各等级消费", "distribution, migration matrix and spending by tier")
    ),
    ReportDefinition(
      "abcd",
      SpendingClasses.self,
      Wording("ABCD 分类", "Classes by spending"),
      Wording("按消费排名分为四类", "members in four classes by spending"),
      parameters: [
        ReportParameter(
          "aShare",
          Wording("A 类人数占比（万分之）", "members in A, in basis points"),
          defaultValue: 2000,
          range: share
        ),
        ReportParameter(
          "bShare",
          Wording("B 类人数占比（万分之）", "members in B, in basis points"),
          defaultValue: 1000,
          range: share
        ),
        ReportParameter(
          "cShare",
          Wording("C 类人数占比（万分之）", "members in C, in basis points"),
          defaultValue: 3000,
          range: share
        ),
        rows(10_000),
      ]
    ),
    ReportDefinition(
      "rfm",
      RecencyFrequency.self,
      Wording("RFM 分析", "RFM"),
      Wording("最近消费、频次、金额五分位", "recency, frequency and monetary value in quintiles"),
      parameters: [
        ReportParameter(
          "high",
          Wording("几分起算高", "the score from which on a value is high"),
          defaultValue: 4,
          range: 1...5
        ),
        rows(10_000),
      ]
    ),
    ReportDefinition(
      "lifecycle",
      Lifecycle.self,
      Wording("会员生命周期", "Stages of membership"),
      Wording("引入、成长、成熟、衰退、流失", "introduction, growth, maturity, decline, loss"),
      parameters: [
        ReportParameter(
          "activeDays",
          Wording("多少天内到店算活跃", "days within which a visit means active"),
          defaultValue: 90,
          range: days
        ),
        ReportParameter(
          "lostDays",
          Wording("多少天未到店算流失", "days without a visit that mean lost"),
          defaultValue: 180,
          range: days
        ),
        ReportParameter(
          "growthVisits",
          Wording("成长期起的小票数", "receipts from which on it is growth"),
          defaultValue: 2,
          range: 1...1000
        ),
        ReportParameter(
          "matureVisits",
          Wording("成熟期起的小票数", "receipts from which on it is maturity"),
          defaultValue: 5,
          range: 1...1000
        ),
        rows(10_000),
      ]
    ),
    ReportDefinition(
      "leaderboard",
      Leaderboard.self,
      Wording("积分排行榜", "Leaderboard"),
      Wording("按期内获得积分排名", "members by points earned"),
      parameters: [rows(100)]
    ),
  ]

  private static let care: [ReportDefinition] = [
    ReportDefinition(
      "absence",
      Absence.self,
      Wording("久未到店会员", "Members who stay away"),
      Wording("超过自身平时间隔若干倍未到店", "no visit for several times the member's own interval"),
      parameters: [
        ReportParameter(
          "factor",
          Wording("间隔倍数（万分之）", "times the usual interval, in basis points"),
          defaultValue: 20_000,
          range: 10_000...1_000_000
        ),
        ReportParameter(
          "visits",
          Wording("至少到店天数", "days of visit that a member must have"),
          defaultValue: 3,
          range: 2...1000
        ),
        rows(10_000),
      ]
    ),
    ReportDefinition(
      "occasions",
      Occasions.self,
      Wording("生日及纪念日", "Birthdays and anniversaries"),
      Wording("会员生日与入会周年名单", "birthdays and anniversaries of joining"),
      parameters: [
        ReportParameter(
          "days",
          Wording("未给日期时看多少天", "days looked ahead where no dates are given"),
          defaultValue: 30,
          range: 1...366
        ),
        rows(100_000),
      ]
    ),
  ]
}
