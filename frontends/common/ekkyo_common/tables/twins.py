"""Characters that are taken for each other: variants in names, simplified and traditional forms, look-alikes."""

_FAMILIES = """
高髙 崎﨑嵜碕 辺邊邉 吉𠮷 斎斉齋齊 浜濱濵 沢澤 広廣 国國 桜櫻 徳德 恵惠 瀬瀨 館舘 島嶋嶌 富冨 真眞 竜龍龙 渕淵 槙槇
曽曾 藪薮 桑桒 柳栁 清淸 静靜 青靑 宮宫 呂吕 兎兔 芦蘆 鉄鐵 関關 円圓 栄榮 衛衞卫 応應应 桧檜 楽樂乐 学學 亀龜龟
気氣 旧舊 尭堯 暁曉 郷鄉鄕 芸藝 倹儉 県縣 検檢 黒黑 穀榖 歳歲 児兒 実實实 寿壽 収收 渋澁 従從从 将將 焼燒 条條 状狀
乗乘 浄淨 剰剩 譲讓 慎愼 尽盡 粋粹 摂攝 専專专 戦戰 禅禪 双雙 荘莊 総總 蔵藏 滝瀧 沢澤泽 択擇 団團团 弾彈 鎮鎭 逓遞
伝傳传 灯燈 当當 稲稻 独獨 弐貳 拝拜 売賣 麦麥 発發 髪髮 秘祕 払拂 仏佛 翻飜 万萬 満滿 黙默 弥彌 薬藥 訳譯 予豫 余餘
与與 揺搖 様樣 謡謠 来來 頼賴 覧覽 略畧 涼凉 緑綠 塁壘 礼禮 励勵 齢齡 歴歷 暦曆 恋戀 錬鍊 炉爐 労勞 郎郞 録錄 湾灣
亜亞 悪惡 囲圍 医醫 壱壹 隠隱 営營 鋭銳 駅驛 塩鹽 艶艷 凜凛 張张 陳陈 劉刘 黄黃 呉吳吴 楊杨 趙赵 孫孙 馬马 許许 鄧邓
馮冯 韓韩 葉叶 蘇苏 盧卢 蒋蔣 羅罗 鄭郑 謝谢 蕭萧肖 鍾钟鐘 東东 華华 麗丽 偉伟 強强 軍军 傑杰 飛飞 鵬鹏 紅红 蘭兰
義义 緒绪 連连 進进 遠远 運运 達达 銀银 鋼钢 長长 門门 間间 陽阳 陰阴 陸陆 雲云 電电 頴穎 檜桧 籠篭 ー一－―—–‐−-ｰ─
二ニ 口ロ囗 力カ 工エ 卜ト 夕タ 八ハ 三ミ 才オ 干千チ 己已巳 aаα eеε oоο0〇○ pрρ cс xхχ yуγ iіι lӏ1 kкκ mм hн tтτ bв
sѕ jј
"""


def _table() -> dict[int, str]:
    """Each character to the first of its family; the letters are compared folded, katakana for hiragana."""
    first: dict[str, str] = {}
    for family in _FAMILIES.split():
        head = first.get(family[0], family[0])
        for character in family:
            first.setdefault(character, head)
    return {ord(character): head for character, head in first.items() if character != head}


TWINS = _table()
