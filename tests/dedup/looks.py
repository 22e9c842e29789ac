"""References made up for the traps of this field, in the styles of several of its parts."""

#: A randomised trial as MEDLINE has it.
TRIAL = {
    "title": "Effect of nightly velorin on delirium after hip surgery in older adults: a randomised, double-blind trial",
    "authors": "Andersson, Karin; O'Brien, Sean P.; García-López, María; van der Meer, Jan W.",
    "year": "2016",
    "journal": "The Lancet Neurology",
    "volume": "15",
    "issue": "8",
    "pages": "802-811",
}

#: A case report as Embase has it.
CASE = {
    "title": "Reversible loss of smell after inhalation of quillane in a pottery worker",
    "authors": "Ferreira M.; Tanaka H.; Ng K.L.",
    "year": "2009",
    "journal": "Occup. Med.",
    "volume": "59",
    "issue": "3",
    "pages": "197-199",
}

#: A paper of computer science, of a conference.
COMPUTING = {
    "title": "Lazy Propagation of Constraints in Incremental Type Checkers",
    "authors": "Jonas Lindqvist and Priya Raman and Wei Chen",
    "year": "2018",
    "journal": "Proceedings of the 39th International Conference on Compiler Design",
    "volume": "",
    "issue": "",
    "pages": "211-225",
}

#: A Cochrane review.
COCHRANE = {
    "title": "Velorin for preventing delirium in people having surgery",
    "authors": "Okonkwo, Ada; Petersen, Lars; Silva, Rosa",
    "year": "2014",
    "journal": "Cochrane Database of Systematic Reviews",
    "volume": "",
    "issue": "6",
    "pages": "CD004321",
    "doi": "10.1002/14651858.CD004321.pub2",
}

#: An abstract of a meeting, in a supplement.
MEETING = {
    "title": "Velorin before transplantation lowers titres of antibodies: results at one year",
    "authors": "Moreau C.; Haddad R.; Kim S.-Y.; Novák P.; Rossi G.",
    "year": "2012",
    "journal": "Transplant International",
    "volume": "25",
    "issue": "Suppl. 3",
    "pages": "S41",
}

#: One Chinese paper as CNKI and as MEDLINE have it.
CHINESE = {
    "title": "威洛林治疗老年髋部骨折术后谵妄的随机对照研究",
    "authors": "刘洋; 陈晓红; 赵国强",
    "year": "2017",
    "journal": "中华老年医学杂志",
    "volume": "36",
    "issue": "4",
    "pages": "401-405",
}
ENGLISH = CHINESE | {
    "title": "[A randomised controlled study of velorin for delirium after surgery for hip fracture in old people]",
    "authors": "Liu Y; Chen XH; Zhao GQ",
    "journal": "Chinese Journal of Geriatrics",
}

#: A preprint.
PREPRINT = {
    "title": "Velorin binds to the gate of the sodium pump and slows its cycle",
    "authors": "Hofmann, Lea; Ibáñez, Jorge; Park, Min-Jun",
    "year": "2021",
    "journal": "bioRxiv",
    "volume": "",
    "issue": "",
    "pages": "",
    "doi": "10.1101/2021.02.03.429000",
}

NOWHERE = {"volume": "", "issue": "", "pages": ""}

#: The beginnings of the abstracts of two papers.
ABOUT = "BACKGROUND: Delirium is frequent after surgery of the hip and prolongs the stay. Velorin has shortened it in two small studies without a control group. METHODS: We allocated 240 people aged 70 years or older to velorin or placebo on the first five nights after surgery."
ELSEWHERE = "Aim. To describe what nurses in rural clinics know about the storage of vaccines, and whether a short course changes it. Design. A survey before and after the course in eleven districts; the answers of those who left were imputed."


def ref(base, **changes):
    """Return a reference with some of its fields changed."""
    return base | changes
