"""Traps: what exports damage, what platforms add, and reports that share nearly all."""

from dedup.looks import (
    ABOUT,
    CASE,
    CHINESE,
    COMPUTING,
    ELSEWHERE,
    MEETING,
    NOWHERE,
    TRIAL,
    ref,
)

T, C, M = TRIAL["title"], CASE["title"], MEETING["title"]
GREEK = "Serum TNF-α and IFN-γ in potters exposed to quillane over ten years"
POLISH = "Wpływ quillanu na węch garncarzy z południa kraju"

# A table of one pair a line; formatted, it would be a thousand lines.
# fmt: off
DAMAGE = {
    "letters lost on the way": [
        ("same", ref(CASE, title=GREEK), ref(CASE, title=GREEK.replace("α", "?").replace("γ", "?"))),
        ("same", ref(CASE, title=GREEK), ref(CASE, title=GREEK.replace("α", "").replace("γ", ""))),
        ("same", ref(CASE, title=GREEK), ref(CASE, title=GREEK.replace("α", "a").replace("γ", "g"))),
        ("same", ref(CASE, title=GREEK), ref(CASE, title=GREEK.replace("-α", "alpha").replace("-γ", " gamma"))),
        ("same", ref(CASE, authors="Müller J; Østergård S; García-López M"), ref(CASE, authors="M?ller J; ?sterg?rd S; Garc?a-L?pez M")),
        ("ask", ref(CASE, authors="Müller J; Østergård S; García-López M", **NOWHERE), ref(CASE, authors="MÃ¼ller J; ØstergÃ¥rd S; GarcÃ\xada-LÃ³pez M", **NOWHERE)),
        ("same", ref(CASE, title=POLISH, **NOWHERE), ref(CASE, title="Wplyw quillanu na wech garncarzy z poludnia kraju", **NOWHERE)),
        ("same", ref(CASE, title=POLISH), ref(CASE, title="Wp?yw quillanu na w?ch garncarzy z po?udnia kraju")),
        ("same", ref(CASE, title="Uptake of 10 μg/m² of quillane in potters of the south"), ref(CASE, title="Uptake of 10 mu g/m(2) of quillane in potters of the south")),
        ("same", ref(TRIAL, pages="802â\x80\x93811"), ref(TRIAL)),
        ("apart", ref(CASE, title="Serum TNF-α in potters exposed to quillane", **NOWHERE), ref(CASE, title="Serum TNF-β in potters exposed to quillane", **NOWHERE)),
        ("apart", ref(CASE, title="Receptors α1 of quillane in the nose of potters", **NOWHERE), ref(CASE, title="Receptors α2 of quillane in the nose of potters", **NOWHERE)),
        ("apart", ref(CASE, title="Uptake of 10 μg/m² of quillane in potters", **NOWHERE), ref(CASE, title="Uptake of 20 μg/m² of quillane in potters", **NOWHERE)),
    ],
    "what platforms add": [
        ("same", ref(CASE, title=C + ". [German]"), ref(CASE)),
        ("same", ref(CASE, title=f"[{C}] (author's transl)"), ref(CASE)),
        ("same", ref(CASE, title=C + " [Spanish; English abstract]"), ref(CASE)),
        ("same", ref(CASE, title=C + " (English)"), ref(CASE)),
        ("same", ref(CASE, title=C + " [Conference Abstract]", **NOWHERE), ref(CASE, **NOWHERE)),
        ("same", ref(CASE, title=C + ".[comment]"), ref(CASE)),
        ("same", ref(CASE, title="  " + C + " | Occupational Medicine | Invented Press"), ref(CASE)),
        ("same", ref(CASE, title="1. " + C), ref(CASE)),
        ("same", ref(CASE, title="P2.107 " + C), ref(CASE)),
        ("same", ref(CASE, title=C + " - a case report", **NOWHERE), ref(CASE, title=C + ": A case report", **NOWHERE)),
        ("apart", ref(CASE, title="101. Loss of smell in potters", pages="S12"), ref(CASE, title="102. Loss of smell in weavers", pages="S12")),
        ("apart", ref(CASE, title="Loss of smell in potters [Letter]", pages="300", issue="4", authors="Bello T"), ref(CASE, title="Loss of smell in potters")),
    ],
    "meetings": [
        ("same", ref(MEETING, journal="Transpl. Int. Conference: 14th Congress of the Invented Society. Oslo Norway. Conference Start: 20120901"), ref(MEETING, pages="41", issue="")),
        ("same", ref(MEETING, journal="14th Congress of the Invented Society, Oslo", **NOWHERE), ref(MEETING, journal="Transplant International. Conference: 14th Congress of the Invented Society, Oslo", pages="", issue="")),
        ("same", ref(COMPUTING), ref(COMPUTING, journal="39th Int. Conf. on Compiler Design (CD '18)")),
        ("same", ref(COMPUTING, pages=""), ref(COMPUTING, pages="211-225", volume="2")),
        ("same", ref(COMPUTING), ref(COMPUTING, title="Lazy propagation of constraints in incremental type checkers.", authors="J. Lindqvist, P. Raman, W. Chen", journal="CD")),
        ("different", ref(MEETING), ref(MEETING, journal="Invented Journal of Nephrology", volume="3", issue="Suppl. 1", pages="A77")),
        ("apart", ref(MEETING, year="2012"), ref(MEETING, year="2014", volume="27", issue="Suppl. 2", pages="S19")),
        ("apart", ref(MEETING, title=M.partition(":")[0]), ref(MEETING, title=M.partition(":")[0] + ": results at three years", year="2014", volume="27", pages="S8")),
        ("apart", ref(MEETING), ref(MEETING, title="Velorin before transplantation lowers titres of antibodies: results at two years", pages="S44")),
        ("different", ref(COMPUTING), ref(COMPUTING, title="Eager propagation of constraints in incremental type checkers", pages="226-240")),
        ("apart", ref(MEETING, pages="S1-S310"), ref(MEETING, pages="S1-S310", title=M.replace("kidney", "liver").replace("Velorin", "Quillane"))),
    ],
    "reports that share nearly all": [
        ("apart", ref(TRIAL, title="Clinical guideline on delirium after surgery", journal="Annals of Gelology", volume="9", issue="2", pages="11-40"), ref(TRIAL, title="Clinical guideline on delirium after surgery", journal="Invented Heart Journal", volume="33", issue="7", pages="801-830")),
        ("different", ref(TRIAL, title="Delirium after surgery: quick reference", pages="41-44"), ref(TRIAL, title="Delirium after surgery: full guideline", pages="45-99")),
        ("different", ref(TRIAL, title=T + ": follow-up at two years", year="2018", volume="17", pages="101-109"), ref(TRIAL)),
        ("apart", ref(TRIAL, title=T + ": follow-up at two years", **NOWHERE), ref(TRIAL, title=T + ": follow-up at five years", **NOWHERE)),
        ("apart", ref(TRIAL, abstract=ABOUT, **NOWHERE), ref(TRIAL, abstract=ELSEWHERE, **NOWHERE)),
        ("different", ref(CASE, title="Solvents and smell: 1. Methods", pages="197-205"), ref(CASE, title="Solvents and smell: 2. Results", pages="206-214")),
        ("different", ref(CASE, title="Quillane poisoning (first of two parts)", issue="1", pages="1-8"), ref(CASE, title="Quillane poisoning (second of two parts)", issue="2", pages="1-8")),
        ("different", ref(CASE, title="Quillane poisoning: part 1", issue="1", pages="1-8"), ref(CASE, title="Quillane poisoning: part 2", issue="2", pages="1-8")),
        ("apart", ref(CASE, authors="Ng K", title="Big data in the pottery: screening, cost and hope", issue="1", pages="66-71"), ref(CASE, authors="Ng K", title="Small firms of the south: trade, law and fear", issue="2", pages="66-71")),
        ("apart", ref(CASE, title="Care of stable angina in potters of the south", **NOWHERE), ref(CASE, title="Care of unstable angina in potters of the south", **NOWHERE)),
        ("apart", ref(CASE, title="Care of diabetic feet in potters of the south of the country", **NOWHERE), ref(CASE, title="Care of non-diabetic feet in potters of the south of the country", **NOWHERE)),
        ("apart", ref(CASE, title="Quillane for loss of smell in potters of the south and elsewhere", **NOWHERE), ref(CASE, title="Quillane for loss of smell in female potters of the south and elsewhere", **NOWHERE)),
        ("same", ref(TRIAL, title=T + ": follow-up at 2 years"), ref(TRIAL, title=T + ": follow-up at two years")),
        ("same", ref(CASE, title="Aetiology of oedema in anaemic potters of the south", **NOWHERE), ref(CASE, title="Etiology of edema in anemic potters of the south", **NOWHERE)),
        ("same", ref(CASE, title="Care of non-diabetic feet in potters of the south of the country", **NOWHERE), ref(CASE, title="Care of nondiabetic feet in potters of the south of the country", **NOWHERE)),
        ("ask", ref(CASE, title="Antitumour effects of low dose quillane in post-operative potters", **NOWHERE), ref(CASE, title="Anti-tumor effects of low-dose quillane in postoperative potters", **NOWHERE)),
    ],
    "Chinese records": [
        ("same", CHINESE, ref(CHINESE, title=CHINESE["title"] + "（附120例报告）", journal="中国老年医学", volume="")),
        ("same", CHINESE, ref(CHINESE, authors="Liu Yang; Chen Xiaohong; Zhao Guoqiang")),
        ("same", CHINESE, ref(CHINESE, authors="刘洋;陈晓红;赵国强;", year="2017年", pages="401-405页")),
        ("same", CHINESE, ref(CHINESE, title="威洛林治疗老年髋部骨折术后谵妄随机对照研究")),
        ("same", ref(CHINESE, **NOWHERE), ref(CHINESE, title=CHINESE["title"] + ".", **NOWHERE)),
        ("apart", ref(CHINESE, **NOWHERE), ref(CHINESE, title="威洛林治疗老年膝部骨折术后谵妄的随机对照研究", **NOWHERE)),
        ("apart", CHINESE, ref(CHINESE, title="威洛林治疗老年髋部骨折术后谵妄的回顾性研究", pages="406-409")),
        ("apart", ref(CHINESE, title="威洛林的临床应用(一)"), ref(CHINESE, title="威洛林的临床应用(二)", issue="5", pages="511-515")),
        ("different", ref(CHINESE, title="述评", pages="1-2"), ref(CHINESE, title="述评", pages="3-4")),
        ("different", CHINESE, ref(CHINESE, type="thesis", journal="北京大学", authors="刘洋", **NOWHERE)),
    ],
}
