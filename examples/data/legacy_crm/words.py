"""The lists that names, places and remarks are drawn from. Nobody is meant by any of them."""

PINYIN = dict(pair.split(":") for pair in """
王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 黄:huang 赵:zhao 吴:wu 周:zhou 徐:xu 孙:sun 马:ma 朱:zhu 胡:hu 林:lin 郭:guo 何:he
高:gao 罗:luo 郑:zheng 梁:liang 谢:xie 宋:song 唐:tang 许:xu 邓:deng 冯:feng 韩:han 曹:cao 伟:wei 芳:fang 娜:na 敏:min 静:jing
磊:lei 洋:yang 艳:yan 勇:yong 军:jun 杰:jie 娟:juan 涛:tao 明:ming 超:chao 兰:lan 霞:xia 平:ping 刚:gang 桂:gui 英:ying 华:hua
玉:yu 萍:ping 红:hong 鑫:xin 波:bo 辉:hui 丹:dan 宁:ning 琳:lin 浩:hao 宇:yu 欣:xin 怡:yi 嘉:jia 诚:cheng 恒:heng 瑞:rui 盛:sheng
泰:tai 宏:hong 信:xin 联:lian 创:chuang 云:yun 海:hai 科:ke 达:da 通:tong 博:bo 远:yuan 星:xing 光:guang 凯:kai 龙:long 隆:long
辰:chen 汇:hui 优:you 讯:xun 佳:jia 康:kang 安:an 顺:shun 丰:feng""".split())
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹"
GIVEN = "伟芳娜敏静磊洋艳勇军杰娟涛明超兰霞平刚桂英华玉萍红鑫波辉丹宁琳浩宇欣怡嘉诚"
BRAND_SIGNS = "恒瑞盛泰宏信联创云海科达诚通博远星光凯龙隆辰汇优讯佳康安顺丰"
RARE_NAMES = ["李㐂", "王𠮷", "陈𬭎", "赵䶮"]  # the first three take four bytes each in GB18030

ENGLISH_FIRST = "James Mary Robert Linda David Susan Daniel Karen Mark Laura Paul Emma Steven Alice Kevin Grace Peter Helen Brian Julia".split()
ENGLISH_LAST = """Carter Miller Brown Wilson Clarke Hughes Turner Foster Bennett Hayes Reed Palmer Walsh Fisher Grant Doyle
    Barker Mason Porter Sutton Tanner Webster Chandler Cooper""".split()
GERMAN_FIRST = "Jürgen Sabine Uwe Petra Lars Anja Björn Heike Katrin Günther Stefan Jörg".split()
GERMAN_LAST = "Müller Schäfer Köhler Weiß Vogel Krüger Böhm Jäger Hoffmann Schröder Möller Großmann Lehmann Brandt".split()

ENGLISH_BRANDS = """Acme Northwind Bluewater Summit Pioneer Redwood Keystone Harbor Silverline Evergreen Ironbridge Lakeside
    Falcon Granite Maple Orchard Beacon Copperfield Driftwood Highland""".split()
ENGLISH_TRADES = """Trading Systems Foods Logistics Textiles Instruments Media Partners Energy Consulting Packaging Optics
    Tools Interiors Robotics""".split()
GERMAN_TRADES = "Maschinenbau Logistik Elektrotechnik Software Metallbau Medizintechnik Druck Energie Möbel Spedition".split()

# A city as a Chinese office writes it, as a company's name has it, its telephone area, its administrative code.
CHINESE_CITIES = [("北京市", "北京", "10", "110000"), ("上海市", "上海", "21", "310000"), ("广东 深圳", "深圳", "755", "440300"),
                  ("浙江 杭州", "杭州", "571", "330100"), ("四川省成都市", "成都", "28", "510100"), ("湖北-武汉", "武汉", "27", "420100"),
                  ("Nanjing 南京", "南京", "25", "320100"), ("西安", "西安", "29", "610100")]
AMERICAN_CITIES = ["New York", "Seattle", "Boston", "Denver"]
BRITISH_CITIES = ["London", "Manchester", "Bristol", "Leeds"]
GERMAN_CITIES = ["Berlin", "Hamburg", "München", "Köln"]

# What an industry is in a Chinese company's name, in the old system, and in the new one.
CHINESE_TRADES = [("网络科技", "信息技术", "technology"), ("软件", "互联网/软件", "technology"), ("国际贸易", "贸易", "trade"),
                  ("商贸", "批发零售", "trade"), ("机械设备", "制造业", "manufacturing"), ("电子", "电子制造", "manufacturing"),
                  ("医疗器械", "医疗健康", "healthcare"), ("供应链管理", "物流", "logistics"), ("文化传媒", "传媒", "media"),
                  ("教育科技", "教育", "education")]
WESTERN_INDUSTRIES = {"Technology": "technology", "Trading": "trade", "Manufacturing": "manufacturing", "Healthcare": "healthcare",
                      "Logistics": "logistics", "Media": "media", "technology": "technology", "MANUFACTURING": "manufacturing"}
UNKNOWN_INDUSTRIES = ["行业七", "TBD", "其他(待分类)", "Sonstiges"]

COMPANY_STATUS = {"新线索": "lead", "New": "lead", "潜在客户": "prospect", "意向客户": "prospect", "Prospect": "prospect",
                  "成交客户": "customer", "已成交": "customer", "Customer": "customer", "流失": "lost", "Lost": "lost"}
DEAL_STAGES = {"初步接洽": "new", "Prospecting": "new", "需求确认": "qualified", "Qualification": "qualified", "方案报价": "proposal",
               "Proposal/Price Quote": "proposal", "谈判审核": "negotiation", "Negotiation/Review": "negotiation", "赢单": "won",
               "Closed Won": "won", "输单": "lost", "Closed Lost": "lost"}
PROBABILITY = {"new": 10, "qualified": 30, "proposal": 50, "negotiation": 80, "won": 100, "lost": 0}
UNKNOWN_STAGES = ["阶段七", "TBD", "？", "待老板定", "Stage 9"]

USERS = """王晓明|wang.xiaoming 李静|li.jing 陈磊|chen.lei 刘洋|liu.yang 赵敏|zhao.min 周杰|zhou.jie 吴倩|wu.qian 孙涛|sun.tao 钱丽|qian.li
郑强|zheng.qiang 冯琳|feng.lin 韩雪|han.xue 曹宇|cao.yu 邓超|deng.chao 许诺|xu.nuo 唐欣|tang.xin 宋佳|song.jia 谢辉|xie.hui 梁丹|liang.dan
罗平|luo.ping 高翔|gao.xiang 何苗|he.miao Amy_Chen|amy.chen Ben_Carter|ben.carter Carla_Gomez|carla.gomez David_Li|david.li
Emma_Fischer|emma.fischer Frank_Wu|frank.wu Grace_Kim|grace.kim Henry_Zhao|henry.zhao Ivy_Wang|ivy.wang Jack_Miller|jack.miller
Karen_Schulz|karen.schulz Leo_Zhang|leo.zhang Mia_Brown|mia.brown Nick_Sun|nick.sun Olivia_Davis|olivia.davis Peter_Huang|peter.huang
Rosa_Martin|rosa.martin Tina_Weber|tina.weber""".split()
TEAMS = [("华东一部", "上海"), ("华南部", "深圳"), ("华北部", "北京"), ("Overseas", "London"), ("Key Accounts", "Berlin")]

CHINESE_TITLES = ["采购经理", "总经理", "销售总监", "技术主管", "财务", "行政助理", "采购部 主任", "CTO", ""]
WESTERN_TITLES = ["Buyer", "Head of Purchasing", "CEO", "Sales Manager", "IT Manager", "Assistant", "VP Operations", ""]
REMARKS = ["", "", "", "展会认识", "老客户介绍", "prefers e-mail", "微信联系", "下季度再跟进", "calls after 15:00"]
QUOTED_REMARKS = ['said "call me back"', '昵称 "老板"', '"VIP" by phone, not by mail', 'asked for 5" tablets', '他说 "再等等"; 先不催', '"']
BROKEN_REMARKS = ["第一次电话: 无人接听\n第二次: 约见面", "Called twice\r\nWants a demo; in German", "地址有变\n\n新地址待确认",
                  "Two sites:\n- plant\n- office", "1. 报价\n2. \"合同\"\n3. 付款"]

BAD_EMAILS = ["wang.example.com", "@example.com", "zhao@", "chen li@example.com", "sun@example..com", "a@b@example.com", "微信:zhou_2020", "n/a@"]
PROVIDER_TYPOS = ["gmial.com", "163.con", "hotmial.com", "qq.con", "outlok.com", "126.cmo"]
BAD_DATES = ["2021-13-45", "2020-02-30", "昨天", "0000-00-00", "2019年2月30日"]
LONG_TITLE = "Senior Vice President of Global Strategic Procurement, Supplier Development and Regional Coordination"
EMPTY_NAMES = ["", " ", "\u3000", "", "", ""]
BAD_AMOUNTS = [99999999999999.99, 12345678901234.5, 10000000000, -5000, -0.01, 1e15]

CHINESE_DEALS = ["年度采购框架", "设备更新项目", "二期扩容", "软件授权续费", "维护服务合同", "样品试用", "新工厂配套"]
WESTERN_DEALS = ["Annual frame contract", "Equipment renewal", "Phase 2 extension", "Licence renewal", "Maintenance contract", "Pilot order"]
SUBJECTS = {"call": ("电话回访", "Follow-up call"), "mail": ("发送报价单", "Quote sent"), "visit": ("上门拜访", "On-site visit"),
            "task": ("准备合同", "Prepare contract")}
NOTES = [None, None, None, "客户要求下周再联系", "已确认需求, 等待预算", "Asked for references", "Left a message", "Met the buyer; wants 3% off"]
