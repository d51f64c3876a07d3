"""Words of the pages of signing in."""

from typing import Final

JA: Final[dict[str, str]] = {
    "title": "サインイン",
    "lead": "社内コミュニティのイベントに参加するには、サインインしてください。",
    "with_company": "{name} でサインイン",
    "or": "または",
    "email": "会社のメールアドレス",
    "send": "確認コードを送る",
    "too_often": "何度も送信されています。しばらく待ってから、もう一度お試しください。",
    "code_title": "メールを確認してください",
    "code_lead": "{email} がメンバーのアドレスであれば、6桁の確認コードを送りました。"
    "10分以内に、このブラウザーで入力してください。",
    "code": "確認コード",
    "enter": "サインインする",
    "again": "別のアドレスで送り直す",
    "code_wrong": "コードが違います。メールに書かれた6桁の数字を入力してください。",
    "code_expired": "このコードは使えなくなりました。もう一度、コードを送ってください。",
    "link_title": "サインインしますか",
    "link_other": "このリンクは、コードを送ったブラウザーでだけ使えます。"
    "そのブラウザーで、メールに書かれた6桁のコードを入力してください。",
    "nobody": "サインインできません",
    "unknown": "このアカウントのメンバー登録が見つかりません。コミュニティの管理者にお問い合わせください。",
    "inactive": "このアカウントは停止されています。コミュニティの管理者にお問い合わせください。",
    "local": "このアドレスは期限が切れているか、この環境では使えません。"
    "ekkyo open で新しいアドレスを表示してください。",
    "company": "会社のアカウント",
    "not_proven": "ご本人であることを確認できませんでした。もう一度サインインしてください。"
    "続く場合は、コミュニティの管理者にお問い合わせください。",
    "away": "会社のサインインにいま接続できません。少し待ってから、もう一度お試しください。",
    "waits_title": "もう一度サインインしてください",
    "waits": "時間がたったため、サインインが切れました。入力した内容はこのページに残っています。"
    "下のボタンで別のタブを開いてサインインし、このページに戻って送信してください。",
    "waits_file": "ファイルはもう一度選ぶ必要があります。前のページに戻って選び直してください。",
    "waits_open": "別のタブでサインインする",
    "waits_send": "入力した内容を送信する",
    "waits_shown": "残っている内容",
    "done_title": "サインインしました",
    "done": "このタブを閉じ、元のタブに戻って「入力した内容を送信する」を押してください。",
    "did_out": "サインアウトしました。",
    "did_out_everywhere": "すべての端末からサインアウトしました。",
}

EN: Final[dict[str, str]] = {
    "title": "Sign in",
    "lead": "Sign in to take part in your company's communities.",
    "with_company": "Sign in with {name}",
    "or": "or",
    "email": "Your work mail address",
    "send": "Send me a code",
    "too_often": "There were too many requests. Wait a while and try again.",
    "code_title": "Check your mail",
    "code_lead": "If {email} is a member's address, we have sent it a six-digit code. "
    "Enter it within ten minutes, in this browser.",
    "code": "Code",
    "enter": "Sign in",
    "again": "Send it to another address",
    "code_wrong": "That is not the code. Enter the six digits from the mail.",
    "code_expired": "This code can no longer be used. Please request a new one.",
    "link_title": "Sign in?",
    "link_other": "This link works only in the browser that asked for it. "
    "In that browser, enter the six digits from the mail.",
    "nobody": "You cannot sign in",
    "unknown": "This account does not belong to a member. Please ask the people who run your community.",
    "inactive": "This account has been closed. Please ask the people who run your community.",
    "local": "This address has expired, or does not work here. Run ekkyo open for a new one.",
    "company": "your company's account",
    "not_proven": "We could not confirm who you are. Please sign in again. "
    "If this happens again, ask the people who run your community.",
    "away": "Your company's sign-in does not answer right now. Wait a moment and try again.",
    "waits_title": "Please sign in again",
    "waits": "You were signed out because some time has passed. What you entered is kept on this page. "
    "Sign in in a new tab, then come back here and send it.",
    "waits_file": "You have to choose files again: go back and choose them.",
    "waits_open": "Sign in in a new tab",
    "waits_send": "Send what I entered",
    "waits_shown": "What you entered",
    "done_title": "You are signed in",
    "done": "Close this tab, go back to the first one, and press “Send what I entered”.",
    "did_out": "You are signed out.",
    "did_out_everywhere": "You are signed out on all devices.",
}
