"""What headings have in common that no list has; tried in this order on a heading without brackets, in lower case."""

_JOINING = (
    r"\bjoin|\benter(ed)?\b|入室|入場|入会|参加(時|日時|した)|(最?初|はじ).*参加|beitr|beigetr|rejoi|connexion"
    r"|connecté|arriv"
    r"|(premi|heure).*(particip|entr)|uni(ó|ón|rse)|ingres|(primera|hora).*entr|conexión|加入|进入|進入|入会|入會"
    r"|입장|입실|(처음|첫|최초).*(참|접)|접속"
)
_LEAVING = (
    r"\bleav|\bleft\b|\bexit|退出|退室|退席|退場|verlass|austritt|départ|sortie|quitt|déconnexion|salid|salió|abandon"
    r"|desconexión|离开|離開|离会|離會|退会|退會|나가|나간|나갔|퇴장|퇴실"
)

PATTERNS = (
    ("waiting", r"waiting room|待機室|待合室|warteraum|wartezimmer|salle d.attente|sala de espera|等候室|等待室"
     r"|대기실"),
    ("upn", r"regist\w* e-?mail|登録.*メール|(e-?mail|correo).*(d.inscription|de registro)|registrierungs.*mail"),
    ("other", r"regist(rat|er)|登録(日|時)|申込(日|時)|inscri.*(date|heure|fecha|hora)|(date|heure|fecha"
     r"|hora).*(inscri|regist)|anmelde(zeit|datum)"),
    ("other", r"\b(manager|supervisor|inviter|invited by|sponsor|assistant)\b|上長|上司|招待者|紹介者|vorgesetzt"
     r"|(n\+1|supérieur)|\bjefe\b|主管|상사"),
    ("other", r"average|平均|durchschnitt|moyen|promedio|평균"),
    ("host_email", r"(\bhost|organi[sz]|主催|ホスト|gastgeber|hôte|anfitri|主持|호스트|주최).*(mail|メール|correo"
     r"|邮|郵|메일)"),
    ("host_email", r"(mail|correo).*(\bhost|organi[sz]|gastgeber|hôte|anfitri)"),
    ("host_name", r"^(\bhost|organi[sz]|主催|ホスト|gastgeber|hôte|anfitri|主持|호스트|주최)"),
    ("cancelled", r"cancel|キャンセル|取消|辞退|storn|abgesagt|annul|anulad|취소|withdr"),
    ("absent", r"欠席|\babsen|no.?show|abwesen|ausen|inasist|缺席|缺勤|결석|불참"),
    ("email", r"e-?mail|メール|correo|courriel|邮箱|邮件|郵件|信箱|메일"),
    ("number", r"社員(番号|no|コード|id)|従業員(番号|コード|id)|職員(番号|コード)|employee (no|id|num)|staff (no"
     r"|id|num)|personal-?n(r|um)"
     r"|mitarbeiter-?(n|id)|matricule|empleado|工号|工號|(员工|員工)(编号|編號|号)|사번|(사원|직원) ?번호"),
    ("registration", r"will you|do you plan|can you (attend|join|make)|are you (attending|joining|coming)"
     r"|(nehmen|kommen|werden) sie|(参加|出席)(します|しますか|されます|予定|希望|可能)|ご?都合|出欠の?(予定|回答)"
     r"|asistirá|participer(ez|a)|serez.vous|viendrez|(참석|참가)하시|是否(参加|出席|參加)"),
    ("registration", r"(approv|承認|申込|登録|regist|anmeld|inscri|报名|報名|审批|등록|신청|승인).*(stat|状"
     r"|ステータス|état|estado|狀|상태)"),
    ("registration", r"(stat|état|estado).*(regist|inscri|approb|aprob)"),
    ("duration", r"duration|dauer|durée|duración|滞在|視聴|所要|時間数|分数|时长|時長|持续|持續|期間|기간|체류"
     r"|\bminut|\bmins?\b|length of"
     r"|time (in|spent)|temps (de|passé)|tiempo (de|en)|anwesenheitszeit|累计|累計"),
    ("left", _LEAVING),
    ("joined", _JOINING),
    ("timestamp", r"time ?stamp|タイムスタンプ|zeitstempel|horodat|marca de tiempo|时间戳|時間戳|타임 ?스탬프"),
    ("action", r"user action|(ユーザー|利用者).*(操作|アクション|動作)|benutzeraktion|action .*utilisateur"
     r"|acción .*usuario|(用户|使用者).*(操作|動作|动作)|사용자.*(작업|동작)"),
    ("attendance", r"(attendee|participant|teilnehmer|asistente|参加者|出席者|參加者)"
     r".*(status|ステータス|状況|状態|estado)"
     r"|(statut|état|estado).*(participant|asistente)"),
    ("attendance", r"出欠|出席(?!者|番号)|attend(ed|ance)|anwesen|présen|asist(ió|encia)|签到|簽到|出勤|출석|참석"
     r"|check(ed)?.?in|チェックイン|来場|참가 여부"),
    ("kana", r"フリガナ|ふりがな|カナ|よみ|furigana|phonetic"),
    ("other", r"(department|company|group|file|event|country|会社|グループ|firma|société|empresa|公司|회사).*(name"
     r"|名)"),
    ("title", r"(meeting|webinar|session|会議|イベント|研修).*(name|title|topic|名|題)|トピック|\btopic"),
    ("name", r"氏名|名前|full name|attendee|(display|participant).*name|teilnehmer.*name|nom (complet|du)"
     r"|nombre (completo|del)|姓名|이름|성명"),
)  # fmt: skip

JOINED = _JOINING
LEFT = _LEAVING
