"""Whether a name is romanised Chinese: in pinyin, or as it is spelt in Hong Kong and Taiwan."""

import re
from typing import Final

# The finals that each initial of pinyin takes.
_SYLLABLES: Final = """
    - a ai an ang ao e ei en eng er o ou
    b a ai an ang ao ei en eng i ian iao ie in ing o u
    p a ai an ang ao ei en eng i ian iao ie in ing o ou u
    m a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u
    f a an ang ei en eng o ou u
    d a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo
    t a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo
    n a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan ue uo
    l a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan ue un uo
    g a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo
    k a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo
    h a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo
    j i ia ian iang iao ie in ing iong iu u uan ue un
    q i ia ian iang iao ie in ing iong iu u uan ue un
    x i ia ian iang iao ie in ing iong iu u uan ue un
    zh a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo
    ch a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo
    sh a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo
    r an ang ao e en eng i ong ou u ua uan ui un uo
    z a ai an ang ao e ei en eng i ong ou u uan ui un uo
    c a ai an ang ao e en eng i ong ou u uan ui un uo
    s a ai an ang ao e en eng i ong ou u uan ui un uo
    y a an ang ao e i in ing o ong ou u uan ue un
    w a ai an ang ei en eng o u
"""
PINYIN: Final = frozenset(
    initial.strip("-") + final
    for initial, *finals in map(str.split, _SYLLABLES.strip().splitlines())
    for final in finals
)
# Given names of the West that could be read as pinyin.
_WESTERN: Final = """
    adan alan alana ana anan anna asa ben dana dina diana eli ella emma gina gloria hana
    hanna hannah ian ida ina ira isa ken lena leo lila lina linda lisa lola lou louisa luis
    luisa luna maia mara maya mia mila mina mona nina noa noe nora oli ora pia rita rosa
    sandi sara sasha sean selena shana sonia sue susan susana susie tana tania tina toni una
    wanda yana yulia zane zara zia
"""
WESTERN: Final = frozenset(_WESTERN.split())
# Family names as they are spelt in Hong Kong and Taiwan, if they are not pinyin as well.
_SURNAMES: Final = """
    au auyeung chak cham chan chau cheng cheong cheuk cheung chiang chik chin ching chiu cho
    choi chong chor chow choy chua chuang chui chun chung foo fok fong fung hsia hsiao hsieh
    hsu hua hui ip kam kao keung ko koo kuo kwan kwok kwong lam lau law lee leong leung lim
    loh lok loo lui luk mak mok mui ng ngai ngan oh ong or pao poon pun sham shek shih shum
    sit siu sum sung sze szeto tam teo tjia toh tsai tsang tse tseng tsoi tsui tung woo yam
    yau yee yeoh yeung yip yiu yuen yung ouyang sima zhuge shangguan situ
"""
SURNAMES: Final = frozenset(_SURNAMES.split())
# A syllable as it is spelt in Hong Kong.
CANTONESE: Final = re.compile(
    r"(?:ts|ch|sh|kw|gw|ng|[bcdfghjklmnpstwyz])?"
    r"(?:eu|au|ai|ei|oi|ou|ui|iu|oo|ee|ah|ye|yi|yu|uo|ue|[aeiou])(?:ng|[mnptk])?"
)


def is_surname(family: str) -> bool:
    """Whether a family name, in lower case without marks, is a Chinese one."""
    plain = re.sub(r"[^a-z]", "", family)
    return plain in SURNAMES or plain in PINYIN


def is_given(given: str) -> bool:
    """Whether a given name, in lower case without marks, has one or two Chinese syllables."""
    parts = re.findall(r"[a-z]+", given)
    if len(parts) == 1:
        return parts[0] not in WESTERN and _is_pinyin(parts[0])
    return len(parts) == 2 and all(part in PINYIN or CANTONESE.fullmatch(part) for part in parts)


def _is_pinyin(word: str) -> bool:
    """Whether a word is one or two syllables of pinyin."""
    cuts = range(1, len(word))
    return word in PINYIN or any(word[:at] in PINYIN and word[at:] in PINYIN for at in cuts)
