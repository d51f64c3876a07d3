"""Words of the page about a member's journey: what comes next for them, and what came of what they did."""

from typing import Final

JA: Final[dict[str, str]] = {
    "next": "次の一歩",
    "none": "いまはありません。イベントの予定や、コミュニティの「次に取り上げてほしいテーマ」を見てみてください。",
    "wait": "お知らせを待っているテーマのイベントです",
    "learn": "学びたいこと「{what}」のイベントです",
    "first": "はじめての参加に、いちばん近いイベントです",
    "teach": "「{theme}」を {n} 人が希望しています。「{what}」を教えられるあなたから、リーダーに声をかけてみませんか",
    "grew": "あなたから広がったこと",
    "grew_none": "イベントで話したり、成果を公開したりすると、ここに表示されます。",
    "spoke": "あなたが話したイベントに、のべ {n} 人が参加しました",
    "outputs": "あなたの成果が {n} 件、公開されています",
    "came": "{n} 人が参加",
    "no_ranks": "人と比べるための数字ではありません。あなたと、この数字を見せたい人のためのものです。",
}

EN: Final[dict[str, str]] = {
    "next": "What comes next for you",
    "none": "Nothing just now. Have a look at what is coming, and at the themes that people want in your communities.",
    "wait": "On a theme that you wait for",
    "learn": "On something that you want to learn: {what}",
    "first": "The next event that you could come to, for the first time",
    "teach": "{n} asked for {theme}. You can teach {what}: will you tell a leader?",
    "grew": "What grew through you",
    "grew_none": "When you speak at an event or share something, it appears here.",
    "spoke": "{n} attendance at events where you spoke|{n} attendances at events where you spoke",
    "outputs": "{n} thing that you made is on the board|{n} things that you made are on the board",
    "came": "{n} came",
    "no_ranks": "These numbers are not for comparing people. They are yours.",
}
