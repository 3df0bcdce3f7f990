"""The words on the page behind an action link, in the languages that people are written to in."""

from collections.abc import Mapping

Words = Mapping[str, str]

ENGLISH: Words = {
    "offer": "A seat is held for you",
    "reconfirm": "The timetable has changed: do you still come?",
    "course": "Course",
    "sessions": "Sessions",
    "unknown_time": "to be announced",
    "deadline": "Please answer by",
    "accept": "Accept the seat",
    "refuse": "Refuse the seat",
    "decline": "I cannot come",
    "reconfirm_act": "I will come",
    "said_accept": "You have accepted. The seat is yours.",
    "said_refuse": "You have refused. The seat goes to the next person.",
    "said_reconfirm": "Thank you: you come at the new time.",
    "said_decline": "You do not come. Your seat goes to the next person.",
    "link-expired": "This link is no longer valid.",
    "link-used": "You have already given another answer by this link.",
    "link-invalid": "This link is not complete, or was changed. Open it again from the message.",
    "offer-deadline-passed": "The offer was not answered in time.",
    "offer-superseded": "This is not the offer that is now open. Look for a newer message.",
    "reconfirmation-superseded": "There was a newer change. Look for a newer message.",
    "reconfirmation-deadline-passed": "The question was not answered in time.",
    "mandatory-nominee": "You were nominated as mandatory. Ask your campus to release you.",
    "wrong-state": "This question is not open any more.",
    "problem": "That did not work. Please try again later.",
}
HINDI: Words = {
    "offer": "आपके लिए एक सीट सुरक्षित रखी गई है",
    "reconfirm": "समय-सारणी बदल गई है: क्या आप अब भी आएँगे?",
    "course": "पाठ्यक्रम",
    "sessions": "सत्र",
    "unknown_time": "बाद में बताया जाएगा",
    "deadline": "कृपया इस समय तक उत्तर दें",
    "accept": "सीट स्वीकार करें",
    "refuse": "सीट अस्वीकार करें",
    "decline": "मैं नहीं आ सकता/सकती",
    "reconfirm_act": "मैं आऊँगा/आऊँगी",
    "said_accept": "आपने स्वीकार किया है। सीट आपकी है।",
    "said_refuse": "आपने अस्वीकार किया है। सीट अगले व्यक्ति को दी जाएगी।",
    "said_reconfirm": "धन्यवाद: आप नए समय पर आएँगे।",
    "said_decline": "आप नहीं आएँगे। आपकी सीट अगले व्यक्ति को दी जाएगी।",
    "link-expired": "यह लिंक अब मान्य नहीं है।",
    "link-used": "इस लिंक से आप पहले ही दूसरा उत्तर दे चुके हैं।",
    "link-invalid": "यह लिंक अधूरा है या बदला गया है। इसे संदेश से फिर खोलें।",
    "offer-deadline-passed": "प्रस्ताव का उत्तर समय पर नहीं मिला।",
    "offer-superseded": "यह प्रस्ताव अब खुला नहीं है। कृपया नया संदेश देखें।",
    "reconfirmation-superseded": "इसके बाद एक और बदलाव हुआ है। कृपया नया संदेश देखें।",
    "reconfirmation-deadline-passed": "प्रश्न का उत्तर समय पर नहीं मिला।",
    "mandatory-nominee": "आपका नामांकन अनिवार्य है। छूट के लिए अपने परिसर से कहें।",
    "wrong-state": "यह प्रश्न अब खुला नहीं है।",
    "problem": "यह नहीं हो सका। कृपया बाद में फिर प्रयास करें।",
}
TAMIL: Words = {
    "offer": "உங்களுக்காக ஓர் இடம் ஒதுக்கி வைக்கப்பட்டுள்ளது",
    "reconfirm": "கால அட்டவணை மாறியுள்ளது: நீங்கள் இன்னும் வருகிறீர்களா?",
    "course": "பயிற்சி",
    "sessions": "அமர்வுகள்",
    "unknown_time": "பின்னர் அறிவிக்கப்படும்",
    "deadline": "இதற்குள் பதிலளிக்கவும்",
    "accept": "இடத்தை ஏற்கிறேன்",
    "refuse": "இடத்தை மறுக்கிறேன்",
    "decline": "என்னால் வர இயலாது",
    "reconfirm_act": "நான் வருகிறேன்",
    "said_accept": "நீங்கள் ஏற்றுக்கொண்டீர்கள். இடம் உங்களுடையது.",
    "said_refuse": "நீங்கள் மறுத்துவிட்டீர்கள். இடம் அடுத்தவருக்குச் செல்கிறது.",
    "said_reconfirm": "நன்றி: நீங்கள் புதிய நேரத்தில் வருகிறீர்கள்.",
    "said_decline": "நீங்கள் வரவில்லை. உங்கள் இடம் அடுத்தவருக்குச் செல்கிறது.",
    "link-expired": "இந்த இணைப்பு இனி செல்லாது.",
    "link-used": "இந்த இணைப்பில் நீங்கள் ஏற்கனவே வேறு பதில் அளித்துள்ளீர்கள்.",
    "link-invalid": "இந்த இணைப்பு முழுமையற்றது அல்லது மாற்றப்பட்டது. செய்தியிலிருந்து மீண்டும் திறக்கவும்.",
    "offer-deadline-passed": "உரிய நேரத்தில் பதில் அளிக்கப்படவில்லை.",
    "offer-superseded": "இது இப்போது திறந்துள்ள அழைப்பு அல்ல. புதிய செய்தியைப் பார்க்கவும்.",
    "reconfirmation-superseded": "இதன் பிறகு மற்றொரு மாற்றம் வந்தது. புதிய செய்தியைப் பார்க்கவும்.",
    "reconfirmation-deadline-passed": "கேள்விக்கு உரிய நேரத்தில் பதில் அளிக்கப்படவில்லை.",
    "mandatory-nominee": "உங்கள் நியமனம் கட்டாயமானது. விலக்கு வேண்டின் உங்கள் வளாகத்தைக் கேளுங்கள்.",
    "wrong-state": "இந்தக் கேள்வி இனி திறந்திருக்கவில்லை.",
    "problem": "இது நிறைவேறவில்லை. பின்னர் மீண்டும் முயலவும்.",
}
LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "hi": HINDI, "ta": TAMIL}


def words_in(language: str) -> tuple[str, Words]:
    """The language that is really used, and its words."""
    return (language, LANGUAGES[language]) if language in LANGUAGES else ("en", ENGLISH)
