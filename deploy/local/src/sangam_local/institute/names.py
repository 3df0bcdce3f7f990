"""Name parts of the reference institute, each in Latin, Devanagari and Tamil, so that a person's scripts agree."""

from typing import NamedTuple


class NamePart(NamedTuple):
    """One given name or second name in three scripts."""

    latin: str
    devanagari: str
    tamil: str


def _parts(table: str) -> tuple[NamePart, ...]:
    return tuple(NamePart(*line.split()) for line in table.strip().splitlines())


GIVEN = _parts("""
Aishwarya ऐश्वर्या ஐஸ்வர்யா
Ajay अजय அஜய்
Akila अकिला அகிலா
Amudha अमुधा அமுதா
Anand आनन्द ஆனந்த்
Anitha अनिता அனிதா
Anjali अंजलि அஞ்சலி
Arjun अर्जुन அர்ஜுன்
Arul अरुल அருள்
Aruna अरुणा அருணா
Arvind अरविन्द அரவிந்த்
Balaji बालाजी பாலாஜி
Bharathi भारती பாரதி
Bhavani भवानी பவானி
Chandra चन्द्रा சந்திரா
Charulatha चारुलता சாருலதா
Deepa दीपा தீபா
Devika देविका தேவிகா
Dinesh दिनेश தினேஷ்
Divya दिव्या திவ்யா
Durga दुर्गा துர்கா
Ganesh गणेश கணேஷ்
Gayathri गायत्री காயத்ரி
Geetha गीता கீதா
Gokul गोकुल கோகுல்
Gopal गोपाल கோபால்
Hari हरि ஹரி
Indira इन्दिरा இந்திரா
Jaya जया ஜெயா
Jothi ज्योति ஜோதி
Kala कला கலா
Kamala कमला கமலா
Kannan कण्णन கண்ணன்
Karthik कार्तिक கார்த்திக்
Kavitha कविता கவிதா
Kiran किरण கிரண்
Krishnan कृष्णन கிருஷ்ணன்
Kumaran कुमारन குமரன்
Lakshmi लक्ष्मी லட்சுமி
Latha लता லதா
Leela लीला லீலா
Madhavan माधवन மாதவன்
Mahesh महेश மகேஷ்
Malathi मालती மாலதி
Manoj मनोज மனோஜ்
Meena मीना மீனா
Meenakshi मीनाक्षी மீனாட்சி
Mohan मोहन மோகன்
Murali मुरली முரளி
Murugan मुरुगन முருகன்
Nalini नलिनी நளினி
Nandini नन्दिनी நந்தினி
Naveen नवीन நவீன்
Nirmala निर्मला நிர்மலா
Nithya नित्या நித்யா
Padma पद्मा பத்மா
Parvathi पार्वती பார்வதி
Pradeep प्रदीप பிரதீப்
Prakash प्रकाश பிரகாஷ்
Priya प्रिया பிரியா
Radha राधा ராதா
Raghavan राघवन ராகவன்
Rajesh राजेश ராஜேஷ்
Ramesh रमेश ரமேஷ்
Ravi रवि ரவி
Rekha रेखा ரேகா
Revathi रेवती ரேவதி
Rohini रोहिणी ரோகிணி
Sandhya सन्ध्या சந்தியா
Sanjay संजय சஞ்சய்
Santhosh सन्तोष சந்தோஷ்
Saraswathi सरस्वती சரஸ்வதி
Saravanan सरवणन சரவணன்
Sarojini सरोजिनी சரோஜினி
Sathya सत्या சத்யா
Selvi सेल्वी செல்வி
Senthil सेन्थिल செந்தில்
Shanthi शान्ति சாந்தி
Sharmila शर्मिला ஷர்மிளா
Shobana शोभना ஷோபனா
Sindhu सिन्धु சிந்து
Sita सीता சீதா
Sridhar श्रीधर ஸ்ரீதர்
Subha शुभा சுபா
Sudha सुधा சுதா
Sujatha सुजाता சுஜாதா
Suman सुमन சுமன்
Sundar सुन्दर சுந்தர்
Suresh सुरेश சுரேஷ்
Tamilarasi तमिलरसी தமிழரசி
Uma उमा உமா
Usha उषा உஷா
Vani वाणी வாணி
Vasanthi वसन्ती வசந்தி
Vasudevan वासुदेवन வாசுதேவன்
Velu वेलु வேலு
Venkatesh वेंकटेश வெங்கடேஷ்
Vidya विद्या வித்யா
Vijay विजय விஜய்
Vimala विमला விமலா
Vinoth विनोद வினோத்
Yamuna यमुना யமுனா
""")

SECOND = _parts("""
Arumugam आरुमुगम ஆறுமுகம்
Balasubramanian बालसुब्रमण्यन பாலசுப்ரமணியன்
Chakravarthy चक्रवर्ती சக்ரவர்த்தி
Chandrasekar चन्द्रशेखर சந்திரசேகர்
Chidambaram चिदम्बरम சிதம்பரம்
Das दास தாஸ்
Desai देसाई தேசாய்
Devarajan देवराजन தேவராஜன்
Duraisamy दुरैसामी துரைசாமி
Elumalai एलुमलै ஏழுமலை
Ganesan गणेशन கணேசன்
Govindan गोविन्दन கோவிந்தன்
Gupta गुप्ता குப்தா
Iyer अय्यर ஐயர்
Jayaraman जयरामन ஜெயராமன்
Joshi जोशी ஜோஷி
Kalyanasundaram कल्याणसुन्दरम கல்யாணசுந்தரம்
Kandasamy कन्दसामी கந்தசாமி
Kesavan केशवन கேசவன்
Krishnamurthy कृष्णमूर्ति கிருஷ்ணமூர்த்தி
Kulkarni कुलकर्णी குல்கர்னி
Kumar कुमार குமார்
Manickam माणिक्कम மாணிக்கம்
Mehta मेहता மேத்தா
Menon मेनन மேனன்
Mishra मिश्रा மிஸ்ரா
Muthusamy मुथुसामी முத்துசாமி
Nagarajan नागराजन நாகராஜன்
Naidu नायडू நாயுடு
Nair नायर நாயர்
Narayanan नारायणन நாராயணன்
Natarajan नटराजन நடராஜன்
Pandey पाण्डेय பாண்டே
Pandian पाण्डियन பாண்டியன்
Patel पटेल படேல்
Pillai पिल्लै பிள்ளை
Ponnusamy पोन्नुसामी பொன்னுசாமி
Raghunathan रघुनाथन ரகுநாதன்
Rajagopal राजगोपाल ராஜகோபால்
Rajan राजन ராஜன்
Raju राजू ராஜு
Ramachandran रामचन्द्रन ராமச்சந்திரன்
Ramalingam रामलिंगम ராமலிங்கம்
Ramasamy रामासामी ராமசாமி
Rangarajan रंगराजन ரங்கராஜன்
Rao राव ராவ்
Reddy रेड्डी ரெட்டி
Sastry शास्त्री சாஸ்திரி
Seetharaman सीतारामन சீதாராமன்
Sekar शेखर சேகர்
Selvaraj सेल्वराज செல்வராஜ்
Shanmugam षण्मुगम சண்முகம்
Sharma शर्मा சர்மா
Singh सिंह சிங்
Sivakumar शिवकुमार சிவகுமார்
Srinivasan श्रीनिवासन சீனிவாசன்
Subramanian सुब्रमण्यन சுப்பிரமணியன்
Sundaram सुन्दरम சுந்தரம்
Swaminathan स्वामीनाथन சுவாமிநாதன்
Thangavel तंगवेल தங்கவேல்
Tiwari तिवारी திவாரி
Vaidyanathan वैद्यनाथन வைத்தியநாதன்
Veerasamy वीरासामी வீராசாமி
Venkataraman वेंकटरामन வெங்கட்ராமன்
Verma वर्मा வர்மா
Yadav यादव யாதவ்
""")
