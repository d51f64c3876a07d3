"""Words of the pages about what members know and can teach."""

from typing import Final

JA: Final[dict[str, str]] = {
    "title": "スキルと興味",
    "lead": "得意なこと、教えられること、これから学びたいことを、自分の言葉で書いてください。"
    "何を誰に見せるかは、項目ごとに選べます。",
    "teaches": "教えられること",
    "teaches_hint": "1行に1つ。例: Excel のピボットテーブル",
    "skills": "できること",
    "skills_hint": "1行に1つ。例: Power BI",
    "interests": "学びたいこと",
    "interests_hint": "1行に1つ。例: Python",
    "near": "会える場所",
    "near_hint": "例: 大阪本社",
    "name": "氏名",
    "name_hint": "氏名を見せない相手には、「コミュニティのメンバー」とだけ表示されます。"
    "小さなコミュニティでは、内容から誰のことか分かる場合があります。",
    "who_teaches": "教えられることを見られる人",
    "who_skills": "できることを見られる人",
    "who_interests": "学びたいことを見られる人",
    "who_near": "会える場所を見られる人",
    "who_name": "あなたの氏名と一緒に見られる人",
    "nobody": "自分だけ",
    "communities": "同じコミュニティのメンバー",
    "everyone": "社内の全員",
    "privacy": "リーダーや管理者にも、ここで選んだ範囲しか見えません。消した内容は、Ekkyo には残りません。",
    "too_many": "30個までです。",
    "too_long": "1つにつき60文字までです。",
    "did_described": "保存しました。",
}

EN: Final[dict[str, str]] = {
    "title": "Skills and interests",
    "lead": "Say in your own words what you are good at, what you can teach and what you would like to learn. "
    "For each part you choose who can see it.",
    "teaches": "I can teach",
    "teaches_hint": "One on each line. For example: Excel pivot tables",
    "skills": "I know",
    "skills_hint": "One on each line. For example: Power BI",
    "interests": "I would like to learn",
    "interests_hint": "One on each line. For example: Python",
    "near": "Where you can be met",
    "near_hint": "For example: Osaka office",
    "name": "Your name",
    "name_hint": "Others see a member of the community without a name. In a small community, "
    "people may still guess who it is.",
    "who_teaches": "Who sees what you can teach",
    "who_skills": "Who sees what you know",
    "who_interests": "Who sees what you would like to learn",
    "who_near": "Who sees where you can be met",
    "who_name": "Who sees your name with it",
    "nobody": "Only me",
    "communities": "Members of my communities",
    "everyone": "Everyone in the company",
    "privacy": "Leaders and stewards see no more than you choose here. Ekkyo keeps nothing that you delete here.",
    "too_many": "At most 30.",
    "too_long": "At most 60 characters each.",
    "did_described": "Saved.",
}
