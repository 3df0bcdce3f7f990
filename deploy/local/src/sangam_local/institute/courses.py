"""The programmes and courses of the reference institute, titled in English, Hindi and Tamil."""

from sangam_local.institute.model import Course, Part, Programme

MASTER_TRAINER = "MK-MT"
CASCADED = "MK-JS"
NATIONAL = "NCEST"

PROGRAMMES = (
    Programme(
        "MK",
        {"en": "Mission Karmayogi", "hi": "मिशन कर्मयोगी", "ta": "மிஷன் கர்மயோகி"},
    ),
    Programme(
        "NCEST",
        {
            "en": "National Course on Educational Science for Teachers",
            "hi": "शिक्षकों के लिए शिक्षा विज्ञान का राष्ट्रीय पाठ्यक्रम",
            "ta": "ஆசிரியர்களுக்கான கல்வி அறிவியல் தேசியப் பயிற்சி",
        },
    ),
)


def _part(part: int, day: int, start: str, minutes: int, mandatory: bool, en: str, hi: str, ta: str) -> Part:
    return Part(part, {"en": en, "hi": hi, "ta": ta}, day, start, minutes, mandatory)


COURSES = (
    Course(
        code=CASCADED,
        programme="MK",
        titles={
            "en": "Karmayogi Jan Seva: service with a human face",
            "hi": "कर्मयोगी जन सेवा: मानवीय सेवा",
            "ta": "கர்மயோகி ஜன சேவா: மனிதநேய சேவை",
        },
        parts=(_part(1, 1, "10:00", 300, True, "One day of service", "सेवा का एक दिन", "சேவையின் ஒரு நாள்"),),
        needs_acceptance=False,
        qualifies_for=(),
        room_features=("projector",),
        facilitators=1,
    ),
    Course(
        code=MASTER_TRAINER,
        programme="MK",
        titles={
            "en": "Karmayogi master trainer workshop",
            "hi": "कर्मयोगी मास्टर प्रशिक्षक कार्यशाला",
            "ta": "கர்மயோகி முதன்மைப் பயிற்சியாளர் பயிலரங்கம்",
        },
        parts=(
            _part(1, 1, "09:30", 360, True, "Serving the citizen", "नागरिक की सेवा", "குடிமக்கள் சேவை"),
            _part(2, 2, "09:30", 360, True, "Leading a group", "समूह का नेतृत्व", "குழுவை வழிநடத்துதல்"),
            _part(3, 3, "10:00", 300, False, "Practice teaching", "अभ्यास शिक्षण", "பயிற்சிக் கற்பித்தல்"),
        ),
        needs_acceptance=False,
        qualifies_for=(CASCADED,),
        room_features=("projector",),
        facilitators=2,
    ),
    Course(
        code=NATIONAL,
        programme="NCEST",
        titles=PROGRAMMES[1].titles,
        parts=tuple(
            _part(
                number,
                (number + 1) // 2,
                "09:00" if number % 2 else "14:00",
                180,
                number in (1, 10),
                *titles,
            )
            for number, titles in enumerate(
                (
                    ("How adults learn", "वयस्क कैसे सीखते हैं", "பெரியவர்கள் கற்கும் விதம்"),
                    ("Learning objectives", "अधिगम उद्देश्य", "கற்றல் நோக்கங்கள்"),
                    ("Large groups", "बड़े समूह", "பெரிய குழுக்கள்"),
                    ("Small groups", "छोटे समूह", "சிறு குழுக்கள்"),
                    ("Teaching at the bedside", "रोगी के पास शिक्षण", "நோயாளி அருகில் கற்பித்தல்"),
                    ("Educational media", "शैक्षिक माध्यम", "கல்வி ஊடகங்கள்"),
                    ("Principles of assessment", "मूल्यांकन के सिद्धांत", "மதிப்பீட்டுக் கொள்கைகள்"),
                    ("Written and practical tests", "लिखित और प्रायोगिक परीक्षा", "எழுத்து மற்றும் செய்முறைத் தேர்வு"),
                    ("Feedback to learners", "शिक्षार्थियों को प्रतिपुष्टि", "கற்போருக்குப் பின்னூட்டம்"),
                    ("Microteaching", "सूक्ष्म शिक्षण", "நுண் கற்பித்தல்"),
                ),
                start=1,
            )
        ),
        needs_acceptance=True,
        qualifies_for=(),
        room_features=("projector",),
        facilitators=2,
    ),
)
