"""Words about a chat channel: a community's, and a member's own."""

from typing import Final

JA: Final[dict[str, str]] = {
    "connected": "接続済み",
    "at": "接続先: {host}",
    "since": "{day} から",
    "not_connected": "まだ接続していません。",
    "try": "テスト投稿を送る",
    "disconnect": "接続を解除する",
    "sure": "チャットの接続を解除しますか",
    "sure_community": "{name} のお知らせは、このチャットに投稿されなくなります。メンバーへのメールは引き続き届きます。",
    "sure_own": "あなたへのお知らせは、このチャットに届かなくなります。",
    "sure_lost": "Webhook の URL は削除します。もう一度接続するときは、URL を入力してください。",
    "keep": "接続を続ける",
    "not_taken": "テスト投稿は届きませんでした: {reason}",
    "did_tried": "テスト投稿を送りました。チャットで確認してください。",
    "did_waits": "テスト投稿を送っています。チャットで確認してください。",
    "did_disconnected": "接続を解除しました。",
}

EN: Final[dict[str, str]] = {
    "connected": "Connected",
    "at": "At {host}",
    "since": "since {day}",
    "not_connected": "No chat is connected yet.",
    "try": "Send a test message",
    "disconnect": "Disconnect",
    "sure": "Disconnect this chat?",
    "sure_community": "Announcements of {name} are no longer posted to this chat. Members still get their mails.",
    "sure_own": "Your messages no longer arrive in this chat.",
    "sure_lost": "The address of the webhook is deleted. To connect the chat again, you enter the address again.",
    "keep": "Keep it connected",
    "not_taken": "The test message did not arrive: {reason}",
    "did_tried": "The test message was sent. Look for it in the chat.",
    "did_waits": "The test message is being sent. Look for it in the chat.",
    "did_disconnected": "The chat is disconnected.",
}
