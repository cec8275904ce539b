#!/usr/bin/env python3
"""Makes src/normalize/company/forms.tsv: legal forms and the ways of writing them.

    python3 scripts/legal_forms.py rigour_org_types.yml cleanco_terms.json > src/normalize/company/forms.tsv

Sources: OWN, below; org_types.yml of rigour (https://github.com/opensanctions/rigour,
commit 8f4044d, MIT); the terms of cleanco 2.3 (PyPI, MIT).

A row is the standard way of writing a form and, behind a tab, other ways with
`|` between them. What differs in case, accents, full stops and spaces only
stands there once: it is read in the same way as names are.
"""

import json
import sys
import unicodedata

import yaml

# Forms that want a standard of ours, or that the sources lack. These come first, and win.
OWN = """
Ltd.|Ltd|Limited
Co., Ltd.|Co Ltd|Company Limited|Co Limited|Company Ltd
Inc.|Inc|Incorporated
Corp.|Corp|Corporation
Co.|Co|Company|Cie|Compagnie
Group|Groupe|Gruppe
LLC|L.L.C.|Limited Liability Company
LLP|L.L.P.|Limited Liability Partnership
LP|L.P.|Limited Partnership
PLC|Public Limited Company
LLLP
PLLC|Professional Limited Liability Company
P.C.|Professional Corporation
P.A.|Professional Association
PBC|Public Benefit Corporation
Partnership
S.C.|Service Corporation
FSB|Federal Savings Bank
N.A.|National Association
CLG
DAC|Designated Activity Company
Pty Ltd|Pty Limited|Proprietary Limited|Pty
Pte. Ltd.|Pte Ltd|Pte Limited|Private Limited|Pte
Pvt. Ltd.|Pvt Ltd|Pvt Limited|Pvt
(Pvt) Ltd.
Sdn. Bhd.|Sdn Bhd|Sendirian Berhad
Bhd.|Berhad
GmbH|Gesellschaft mit beschränkter Haftung|Ges.m.b.H.
GmbH & Co. KG|GmbH u. Co. KG|GmbH und Co. KG|GmbH & Co. Kommanditgesellschaft
GmbH & Co. KGaA
GmbH & Co. OHG
AG & Co. KG
AG & Co. KGaA
UG (haftungsbeschränkt)|UG|Unternehmergesellschaft haftungsbeschränkt|Unternehmergesellschaft
UG & Co. KG|UG haftungsbeschränkt & Co. KG
AG|Aktiengesellschaft
KG|Kommanditgesellschaft
KGaA|Kommanditgesellschaft auf Aktien
SE|Societas Europaea
gGmbH
mbH
S.A.|Société Anonyme|Sociedad Anónima|Sociedade Anônima
S.A. de C.V.|Sociedad Anónima de Capital Variable
S. de R.L. de C.V.|Sociedad de Responsabilidad Limitada de Capital Variable
S. de R.L.
S.A.P.I. de C.V.
S.A.S. de C.V.
S.A.B. de C.V.
S.A.C.
S.A.A.
S.L.|Sociedad Limitada
S.L.U.|Sociedad Limitada Unipersonal
SARL|S.à r.l.|Société à responsabilité limitée
SAS|Société par actions simplifiée
SASU
EURL
SNC
SCI
S.r.l.|Società a responsabilità limitata
S.r.l.s.
S.p.A.|Società per azioni
S.a.s.
B.V.|Besloten Vennootschap
B.V.B.A.|BVBA
N.V.|Naamloze Vennootschap
V.O.F.
AB|Aktiebolag
HB|Handelsbolag
KB|Kommanditbolag
Oy|Osakeyhtiö
Oyj|Julkinen osakeyhtiö
Oy Ab
A/S|Aktieselskab
ApS|Anpartsselskab
AS|Aksjeselskap
ASA|Allmennaksjeselskap
IVS
Ky
Tmi
ehf.
hf.
Sp. z o.o.|Spółka z o.o.|Spółka z ograniczoną odpowiedzialnością|Sp z oo
Sp. z o.o. sp. k.|Sp. z o.o. sp.k.
Sp. k.|Spółka komandytowa
Sp. j.|Spółka jawna
S.A.|Spółka Akcyjna
s.r.o.|spol. s r.o.|společnost s ručením omezeným|spoločnosť s ručením obmedzeným
a.s.|akciová společnost
v.o.s.
k.s.
d.o.o.|društvo s ograničenom odgovornošću|družba z omejeno odgovornostjo
d.d.|dioničko društvo
j.d.o.o.
Kft.|Kft|Korlátolt felelősségű társaság
Zrt.|Zártkörűen működő részvénytársaság
Nyrt.|Nyilvánosan működő részvénytársaság
Rt.|Részvénytársaság
Bt.|Betéti társaság
SIA
UAB
OÜ|Osaühing
ООО|OOO|Общество с ограниченной ответственностью
ОАО|OAO|Открытое акционерное общество
ЗАО|ZAO|Закрытое акционерное общество
ПАО|PAO|Публичное акционерное общество
АО|Акционерное общество
НАО
ИП|Индивидуальный предприниматель
ТОВ|TOV|Товариство з обмеженою відповідальністю
ТОО
ФГУП
ГУП
МУП
Ltda.|Ltda|Limitada
Lda.|Lda
EIRELI|EIRL
S/A
A.Ş.|Anonim Şirketi
Ltd. Şti.|Limited Şirketi|Ltd Sti
San. ve Tic. A.Ş.|Sanayi ve Ticaret A.Ş.
San. ve Tic. Ltd. Şti.|Sanayi ve Ticaret Ltd. Şti.|Sanayi ve Ticaret Limited Şirketi
PT|Perseroan Terbatas
Tbk|Persero Tbk
CV
K.K.|KK|Kabushiki Kaisha|Kabushiki Gaisha
G.K.|Godo Kaisha
Y.K.|Yugen Kaisha
FZE
FZCO
FZ-LLC|FZ LLC|FZC
W.L.L.|WLL
JSC|Joint Stock Company
PJSC|Public Joint Stock Company
OJSC|Open Joint Stock Company
CJSC|Closed Joint Stock Company
株式会社|(株)
有限会社|(有)
合同会社|(合)
合資会社|(資)
合名会社|(名)
相互会社
一般社団法人
公益社団法人
一般財団法人
公益財団法人
社団法人
財団法人
学校法人
医療法人
医療法人社団
社会福祉法人
宗教法人
独立行政法人
国立大学法人
特定非営利活動法人
주식회사|(주)
유한회사|(유)
유한책임회사
합명회사
합자회사
재단법인|(재)
사단법인|(사)
股份有限公司
股份公司
有限责任公司
有限责任股份公司
股份有限责任公司
有限公司
无限公司
两合公司
公司
总公司
分公司
集团|(集团)
集团公司
集团有限公司|(集团)有限公司
集团股份有限公司|(集团)股份有限公司
有限合伙|(有限合伙)
普通合伙|(普通合伙)
特殊普通合伙|(特殊普通合伙)
合伙企业|合伙企业(有限合伙)|合伙企业(普通合伙)
个人独资企业
个体工商户
农民专业合作社
专业合作社
合作社
厂
"""

# Ordinary words at the end of a name, or in it.
WORDS = set(
    "in is im at ad ok ay no na ll lt pe pr ps sd da ku ip ii et ek ik sb sp to fe et ep pp rs rf lc lg "
    "cooperative cooperation coop charity charitablefund charityfund charitableorganization "
    "charitableorganisation nonprofit ngo npo cso cic pmc pse psu verein stiftung genossenschaft "
    "privateenterprise jointventure jv obrt soc socs bros sons son cyf cia gag hybrid limite sem sca "
    "uk ba fa bl ud dat vat ent etat ans cio cpt teo mb ij kt kf sal ses sep ca od aj ae anl ei nl ops sf me "
    "vog kor andcompany fcp го во но да нц "
    "international association stock stg unlimited publicenterprise sent sept rp".split()
)
LEFT_OUT = {"SOE", "MIL", "REL"}


def folded(text):
    """Nearly as names are read; what differs is only written twice."""
    text = unicodedata.normalize("NFKD", text.replace("ß", "ss").casefold())
    return "".join(c for c in text if c.isalnum())


def main():
    rows, taken = {}, set(WORDS)

    def add(standard, names):
        for name in [standard, *names]:
            key = folded(name)
            if (len(key) > 1 or "(" in name or key == "厂") and key not in taken and len(name) <= 80:
                taken.add(key)
                rows.setdefault(standard, []).append(" ".join(name.split()))

    for line in OWN.split("\n"):
        if line:
            standard, *names = line.split("|")
            add(standard, names)
    types = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))["types"]
    for kind in types:
        if kind.get("generic") not in LEFT_OUT:
            names = [name for name in [kind.get("compare"), *kind["aliases"]] if name]
            add(kind.get("display") or names[0], names)
    for terms in json.load(open(sys.argv[2], encoding="utf-8"))["terms_by_country"].values():
        for term in terms:
            if all(ord(c) < 0x80 or c.isalpha() for c in term):
                add(term, [])

    print("# The standard way, and others; made by scripts/legal_forms.py")
    for standard, names in rows.items():
        print(standard + "\t" + "|".join(names))


main()
